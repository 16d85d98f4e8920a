package dev.quern.executor.model;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.gguf.GgufFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 over {@code config.json}, the tensors' names, types and shapes, the sizes of the files,
 * and the first and last 64 KiB of each file's data: cheap for hundreds of gigabytes, and any
 * training step changes it. A change of a few weights in the middle of a file alone does not show.
 */
final class Fingerprint {
  private static final long SAMPLE_BYTES = 64 * 1024;

  private final MessageDigest digest;

  private Fingerprint(MessageDigest digest) {
    this.digest = digest;
  }

  /** The same for a folder wherever it stands. */
  static String of(Path config, List<SafetensorsFile> files) {
    try {
      Fingerprint fingerprint = new Fingerprint(MessageDigest.getInstance("SHA-256"));
      fingerprint.digest.update(Files.readAllBytes(config));
      files.forEach(fingerprint::add);
      return HexFormat.of().formatHex(fingerprint.digest.digest());
    } catch (IOException e) {
      throw new EngineException(config + ": cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The same over the header of a GGUF file, its size and the ends of its data. */
  static String of(GgufFile file) {
    try {
      Fingerprint fingerprint = new Fingerprint(MessageDigest.getInstance("SHA-256"));
      fingerprint.digest.update(file.header().asByteBuffer());
      fingerprint.add("\nfile %d\n".formatted(file.data().byteSize()));
      fingerprint.addEnds(file.data());
      return HexFormat.of().formatHex(fingerprint.digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void add(SafetensorsFile file) {
    MemorySegment data = file.data();
    add("\nfile %d\n".formatted(data.byteSize()));
    file.entries().values().forEach(e -> add(e.name() + " " + e.describe() + "\n"));
    addEnds(data);
  }

  private void addEnds(MemorySegment data) {
    long sample = Math.min(SAMPLE_BYTES, data.byteSize());
    digest.update(data.asSlice(0, sample).asByteBuffer());
    digest.update(data.asSlice(data.byteSize() - sample).asByteBuffer());
  }

  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}
