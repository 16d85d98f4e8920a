package dev.quern.executor.model;

import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.packed.PackedCheckpoint;
import dev.quern.executor.model.plan.FormatRule;
import dev.quern.executor.model.quantize.Quantization;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model's description, without its weights.
 *
 * @param quantized format of the matrices of a checkpoint that is stored quantized
 * @param packed what a folder of packed weights holds, which no scheme converts
 */
public record StoredModel(
    ModelConfig config, Optional<WeightFormat> quantized, Optional<Packed> packed) {
  /**
   * Packed weights.
   *
   * @param quantization that made them
   * @param formats of their matrices
   */
  public record Packed(Quantization quantization, FormatRule formats) {}

  /** A checkpoint that schemes can convert. */
  public StoredModel(ModelConfig config, Optional<WeightFormat> quantized) {
    this(config, quantized, Optional.empty());
  }

  /** A model in floating point, or of which only the configuration is known. */
  public static StoredModel plain(ModelConfig config) {
    return new StoredModel(config, Optional.empty());
  }

  /**
   * Reads a checkpoint folder, of which only {@code config.json} need exist, or such a file under
   * any name that ends with {@code .json}. Headers of weights are looked at only where the
   * configuration leaves to them what it does not say.
   *
   * @throws dev.quern.executor.engine.EngineException naming file and key
   */
  public static StoredModel read(Path model) {
    if (GgufFile.isNamed(model)) {
      try (Arena arena = Arena.ofConfined()) {
        GgufFile file = GgufFile.open(model, arena);
        return new StoredModel(GgufModelConfig.read(file), ggufFormat(file));
      }
    }
    if (PackedCheckpoint.isIn(model)) {
      try (var checkpoint = PackedCheckpoint.open(model, true)) {
        var packed = new Packed(checkpoint.quantization(), checkpoint.formats());
        return new StoredModel(checkpoint.config(), Optional.empty(), Optional.of(packed));
      }
    }
    boolean isFile = model.toString().endsWith(".json") && Files.isRegularFile(model);
    ConfigJson json = ConfigJson.read(isFile ? model : Checkpoints.configFile(model));
    Optional<WeightFormat> quantized = StoredQuantization.of(json).format();
    if (isFile || isWhole(json) || !SafetensorsFolder.isIn(model)) {
      return new StoredModel(ModelConfigReader.read(json, StoredFacts.NONE), quantized);
    }
    try (Arena arena = Arena.ofConfined()) {
      StoredFacts facts = StoredFacts.of(SafetensorsFolder.open(model, arena).tensors());
      return new StoredModel(ModelConfigReader.read(json, facts), quantized);
    }
  }

  /** Files mix formats; that of the first layer's queries stands for all. */
  private static Optional<WeightFormat> ggufFormat(GgufFile file) {
    return Optional.ofNullable(file.tensors().get("blk.0.attn_q.weight"))
        .map(tensor -> tensor.type().format())
        .filter(format -> !(format instanceof WeightFormat.Floats));
  }

  private static boolean isWhole(ConfigJson json) {
    boolean shared = !json.has("moe_num_experts") || json.has("moe_num_shared_experts");
    return json.has("tie_word_embeddings") && shared;
  }
}
