package dev.quern.executor.model.packed;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.ModelConfigReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** A folder that {@code quern quantize} has written: its weights need no packing. */
public final class PackedCheckpoint implements Checkpoint {
  private final Arena arena;
  private final ModelConfig config;
  private final PackedFile file;
  private final boolean inPlace;
  private final String fingerprint;

  private PackedCheckpoint(
      Arena arena, ModelConfig config, PackedFile file, boolean inPlace, String fingerprint) {
    this.arena = arena;
    this.config = config;
    this.file = file;
    this.inPlace = inPlace;
    this.fingerprint = fingerprint;
  }

  /** Whether a folder holds packed weights. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(PackedFile.NAME));
  }

  /**
   * Maps a folder's weights.
   *
   * @param inPlace whether they run where they are mapped; else they are copied into large pages
   * @throws EngineException when the folder cannot be used, with the reason
   */
  @SuppressWarnings("MustBeClosed") // the checkpoint closes the arena; a failure does so below
  public static PackedCheckpoint open(Path folder, boolean inPlace) {
    Path configFile = folder.resolve("config.json");
    ModelConfig config = ModelConfigReader.read(configFile);
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      PackedFile file = PackedFile.open(folder.resolve(PackedFile.NAME), arena);
      var checkpoint =
          new PackedCheckpoint(arena, config, file, inPlace, fingerprint(configFile, file));
      opened = true;
      return checkpoint;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private static String fingerprint(Path configFile, PackedFile file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(configFile));
      digest.update(file.header().asByteBuffer());
      // The first and the last tensor: any other weights differ in them.
      var tensors = java.util.List.copyOf(file.tensors().values());
      for (PackedTensor tensor : java.util.List.of(tensors.getFirst(), tensors.getLast())) {
        var bytes = file.bytes(tensor);
        digest.update(bytes.asSlice(0, Math.min(bytes.byteSize(), 1 << 16)).asByteBuffer());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new EngineException(configFile + ": cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    return optionalTensor(canonicalName)
        .orElseThrow(() -> new EngineException(canonicalName + ": not among the packed weights"));
  }

  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    return Optional.ofNullable(file.tensors().get(canonicalName)).map(this::view);
  }

  private HostMatrix view(PackedTensor t) {
    return switch (t.format()) {
      case WeightFormat.Floats floats ->
          new StridedMatrix(
              t.name(),
              t.rows(),
              t.columns(),
              floats.type(),
              file.bytes(t),
              0,
              t.columns(),
              1,
              Optional.empty());
      case WeightFormat format ->
          new PanelMatrix(t.name(), t.rows(), t.columns(), format, file.bytes(t), inPlace);
    };
  }

  @Override
  public long weightBytes() {
    return file.size();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
