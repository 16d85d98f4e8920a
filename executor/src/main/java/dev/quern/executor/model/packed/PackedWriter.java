package dev.quern.executor.model.packed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.TensorNames;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Writes a checkpoint as a folder of packed weights: under a hidden name, renamed when whole. */
public final class PackedWriter {
  private static final long PAGE = 4096;
  private static final long LINE = 64;
  private static final String FIRST_OF_EXPERT = ".gate_proj.weight";

  private final Path source;
  private final Checkpoint checkpoint;
  private final String label;

  /**
   * @param source the checkpoint's folder: config, tokenizer and template are copied from it
   * @param checkpoint its weights, in the formats that are to be written
   * @param label the quantization, for {@code config.json}
   */
  public PackedWriter(Path source, Checkpoint checkpoint, String label) {
    this.source = source;
    this.checkpoint = checkpoint;
    this.label = label;
  }

  /**
   * Writes the folder.
   *
   * @param output must not exist
   * @return bytes of the weights
   * @throws EngineException when it cannot be written, with the reason
   */
  public long write(Path output) {
    Path whole = output.toAbsolutePath().normalize();
    if (Files.exists(whole)) {
      throw new EngineException(output + " exists already; give --output a new folder");
    }
    Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
    try {
      delete(part);
      Files.createDirectories(part);
      copyFiles(part);
      long bytes = writeWeights(part.resolve(PackedFile.NAME));
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
      return bytes;
    } catch (IOException e) {
      throw new EngineException(output + " cannot be written: " + e, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** All but the weights, and a configuration that says what their headers said before. */
  private void copyFiles(Path part) throws IOException {
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        boolean weights = name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json");
        if (!weights && !name.equals("config.json") && !name.startsWith(".")) {
          Files.copy(file, part.resolve(name));
        }
      }
    }
    var mapper = new ObjectMapper();
    var config = (ObjectNode) mapper.readTree(Files.readString(source.resolve("config.json")));
    config.put("tie_word_embeddings", checkpoint.config().tiedHead());
    config.put("num_nextn_predict_layers", 0);
    checkpoint
        .config()
        .moe()
        .ifPresent(moe -> config.put("moe_num_shared_experts", moe.sharedExperts()));
    config
        .putObject("quantization_config")
        .put("quant_method", "quern")
        .put("format", PanelMatrix.LAYOUT)
        .put("scheme", label);
    Files.writeString(
        part.resolve("config.json"),
        mapper.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
  }

  private long writeWeights(Path file) throws IOException {
    List<PackedTensor> tensors = place(0);
    // Offsets have as many digits as a header of the final length lets them have.
    long length = 0;
    while (PackedFile.header(tensors).length > length) {
      length = PackedFile.header(tensors).length;
      tensors = place(length);
    }
    byte[] header = PackedFile.header(tensors);
    long size = tensors.getLast().offset() + tensors.getLast().bytes();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(header);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      for (PackedTensor tensor : tensors) {
        try (Arena arena = Arena.ofShared()) {
          MemorySegment into =
              channel.map(FileChannel.MapMode.READ_WRITE, tensor.offset(), tensor.bytes(), arena);
          fill(checkpoint.tensor(tensor.name()), into);
        }
      }
      channel.force(true);
    }
    return size;
  }

  /** Where each tensor stands behind a header of so many bytes. */
  private List<PackedTensor> place(long header) {
    List<PackedTensor> tensors = new ArrayList<>();
    long at = header;
    for (String name : TensorNames.of(checkpoint.config())) {
      var matrix = checkpoint.optionalTensor(name);
      if (matrix.isPresent()) {
        HostMatrix m = matrix.get();
        boolean page = name.contains(".experts.") && name.endsWith(FIRST_OF_EXPERT);
        at = Math.ceilDiv(at, page ? PAGE : LINE) * (page ? PAGE : LINE);
        var tensor = new PackedTensor(name, m.format(), m.rows(), m.columns(), at);
        tensors.add(tensor);
        at += tensor.bytes();
      }
    }
    return tensors;
  }

  private static void fill(HostMatrix matrix, MemorySegment into) {
    if (!(matrix.format() instanceof WeightFormat.Floats floats)) {
      PanelMatrix.write(matrix, into);
      return;
    }
    if (!(matrix instanceof StridedMatrix strided)) {
      throw new EngineException(matrix.name() + ": " + floats.label() + " in an unknown layout");
    }
    int bytes = floats.type().bytes();
    for (int r = 0; r < strided.rows(); r++) {
      long from = strided.offset() + r * strided.rowStride();
      long to = (long) r * strided.columns() * bytes;
      if (strided.columnStride() == 1) {
        MemorySegment.copy(
            strided.data(), from * bytes, into, to, (long) strided.columns() * bytes);
      } else {
        for (int c = 0; c < strided.columns(); c++) {
          long element = from + c * strided.columnStride();
          MemorySegment.copy(strided.data(), element * bytes, into, to + (long) c * bytes, bytes);
        }
      }
    }
  }
}
