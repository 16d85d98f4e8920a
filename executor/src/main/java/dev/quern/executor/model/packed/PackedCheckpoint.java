package dev.quern.executor.model.packed;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.cpu.FloatPanels;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.ModelConfigReader;
import dev.quern.executor.model.plan.FormatRule;
import dev.quern.executor.model.plan.MatrixPart;
import dev.quern.executor.model.quantize.Quantization;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
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
      PackedCheck.run(file, config);
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

  /** The digest of all weights was taken when they were written. */
  private static String fingerprint(Path configFile, PackedFile file) {
    try {
      MessageDigest digest = PackedFile.sha256();
      digest.update(Files.readAllBytes(configFile));
      digest.update(file.digest());
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new EngineException(configFile + ": cannot be read: " + e, e);
    }
  }

  /** What the weights were converted to when they were packed. */
  public Quantization quantization() {
    return file.header().quantization();
  }

  /** The formats in which the matrices are stored. */
  public FormatRule formats() {
    record Place(MatrixPart part, int layer, int columns) {}
    Map<Place, WeightFormat> formats = new HashMap<>();
    for (PackedTensor t : file.tensors().values()) {
      MatrixPart part = MatrixPart.of(t.name());
      formats.putIfAbsent(new Place(part, MatrixPart.layer(t.name()), t.columns()), t.format());
    }
    return (part, layer, columns) ->
        Optional.ofNullable(formats.get(new Place(part, layer, columns)));
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
    MemorySegment bytes = file.bytes(t);
    return switch (t.format()) {
      case WeightFormat.Floats(ElementType type) ->
          t.isVector()
              ? new StridedMatrix(
                  t.name(), 1, t.columns(), type, bytes, 0, t.columns(), 1, Optional.empty())
              : new FloatPanels.Whole(t.name(), t.rows(), t.columns(), type, bytes, inPlace)
                  .matrix();
      case WeightFormat.Integers _, WeightFormat.Fp8Blocks _, WeightFormat.Ccq _ ->
          new PanelMatrix(t.name(), t.rows(), t.columns(), t.format(), bytes, inPlace);
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
