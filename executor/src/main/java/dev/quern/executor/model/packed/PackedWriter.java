package dev.quern.executor.model.packed;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.TensorNames;
import dev.quern.executor.model.quantize.Quantization;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Writes a checkpoint as a folder of packed weights: under a hidden name of its own beside the
 * output, {@code .NAME.unfinished-quern-quantize-..}, renamed when whole and removed when not.
 */
public final class PackedWriter {
  private static final long LINE = 64;
  private static final String FIRST_OF_EXPERT = ".gate_proj.weight";

  private final Path source;
  private final Checkpoint checkpoint;
  private final Quantization quantization;
  private final Disk disk;

  /**
   * @param source the checkpoint's folder: config, tokenizer and template are copied from it
   * @param checkpoint its weights, in the formats that are to be written
   * @param quantization that made those formats
   */
  public PackedWriter(Path source, Checkpoint checkpoint, Quantization quantization) {
    this(source, checkpoint, quantization, Disk.ofFileSystem());
  }

  PackedWriter(Path source, Checkpoint checkpoint, Quantization quantization, Disk disk) {
    this.source = source;
    this.checkpoint = checkpoint;
    this.quantization = quantization;
    this.disk = disk;
  }

  /**
   * Writes the folder. An interrupt of the thread ends it like a failure.
   *
   * @param output must not exist
   * @return bytes of the weights
   * @throws EngineException when it cannot be written, with the reason; nothing is left of it
   */
  public long write(Path output) {
    Path whole = output.toAbsolutePath().normalize();
    if (Files.exists(whole)) {
      throw exists(output, null);
    }
    var header = new PackedHeader(quantization, place());
    long size = PackedFile.dataStart(header.json().length) + header.dataBytes();
    Path part =
        whole.resolveSibling("." + whole.getFileName() + ".unfinished-quern-quantize-" + id());
    try {
      Files.createDirectories(part.getParent());
      Files.createDirectory(part);
      fill(part, header, size);
      moveTo(part, whole, output);
      return size;
    } catch (IOException e) {
      String left = discard(part); // before free space is asked for
      throw new EngineException(failure(output, part.getParent(), size, e) + left, e);
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          source + ": cannot be packed: " + e.getMessage() + discard(part), e);
    } catch (RuntimeException | Error e) {
      discard(part);
      throw e;
    }
  }

  /** No other run has it, and leftovers of killed runs tell which one they are of. */
  private static String id() {
    int random = ThreadLocalRandom.current().nextInt();
    return ProcessHandle.current().pid() + "-" + HexFormat.of().toHexDigits(random);
  }

  private void fill(Path part, PackedHeader header, long size) throws IOException {
    if (disk.usableBytes(part) < size) {
      throw new FileSystemException(part.toString(), null, "too little space is left");
    }
    SmallFiles.copy(source, part);
    SmallFiles.writeConfig(source, part, checkpoint.config(), quantization.label());
    try (FileChannel channel = disk.create(part.resolve(PackedFile.NAME))) {
      WeightsOutput.write(channel, header, checkpoint);
    }
  }

  private static void moveTo(Path part, Path whole, Path output) throws IOException {
    try {
      Files.move(part, whole);
    } catch (FileSystemException e) {
      if (Files.exists(whole)) {
        throw exists(output, e);
      }
      throw e;
    }
  }

  private static EngineException exists(Path output, FileSystemException cause) {
    return new EngineException(
        cause == null
            ? output + " exists already; give --output a new folder"
            : output
                + ": somebody else made it meanwhile, it is left alone; give --output a new folder",
        cause);
  }

  private String failure(Path output, Path folder, long size, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return output + ": interrupted while it was written";
    }
    String reason =
        e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
    return String.format(
        Locale.ROOT,
        "%s cannot be written: %s; %s needs %,d bytes and %s; free some, or give --output a folder"
            + " on another disk",
        output,
        reason,
        PackedFile.NAME,
        size,
        free(folder));
  }

  private String free(Path folder) {
    try {
      return String.format(Locale.ROOT, "%,d are free in %s", disk.usableBytes(folder), folder);
    } catch (IOException e) {
      return "what is free in " + folder + " is not known (" + e + ")";
    }
  }

  /** Removes what there is; the end of a sentence about what cannot be removed. */
  private static String discard(Path part) {
    if (!Files.exists(part)) {
      return "";
    }
    try (Stream<Path> files = Files.list(part)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(part);
      return "";
    } catch (IOException e) {
      return "; " + part + " is left behind (" + e + "), remove it";
    }
  }

  /** Where each tensor stands. */
  private List<PackedTensor> place() {
    List<PackedTensor> tensors = new ArrayList<>();
    long at = 0;
    for (String name : TensorNames.of(checkpoint.config())) {
      var matrix = checkpoint.optionalTensor(name);
      if (matrix.isPresent()) {
        HostMatrix m = matrix.get();
        boolean page = name.contains(".experts.") && name.endsWith(FIRST_OF_EXPERT);
        long unit = page ? PackedHeader.PAGE : LINE;
        at = Math.ceilDiv(at, unit) * unit;
        var tensor = new PackedTensor(name, m.format(), m.rows(), m.columns(), at);
        tensors.add(tensor);
        at += tensor.bytes();
      }
    }
    return tensors;
  }
}
