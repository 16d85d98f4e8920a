package dev.quern.executor.model;

import dev.quern.executor.model.gguf.GgufFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model's description, without its weights.
 *
 * @param int8 whether the checkpoint is stored in 8-bit integers
 */
public record StoredModel(ModelConfig config, boolean int8) {

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
        return new StoredModel(GgufModelConfig.read(GgufFile.open(model, arena)), false);
      }
    }
    boolean isFile = model.toString().endsWith(".json") && Files.isRegularFile(model);
    ConfigJson json = ConfigJson.read(isFile ? model : Checkpoints.configFile(model));
    boolean int8 = StoredQuantization.of(json) == StoredQuantization.INT8_PER_CHANNEL;
    if (isFile || isWhole(json) || !SafetensorsFolder.isIn(model)) {
      return new StoredModel(ModelConfigReader.read(json, StoredFacts.NONE), int8);
    }
    try (Arena arena = Arena.ofConfined()) {
      StoredFacts facts = StoredFacts.of(SafetensorsFolder.open(model, arena).tensors());
      return new StoredModel(ModelConfigReader.read(json, facts), int8);
    }
  }

  private static boolean isWhole(ConfigJson json) {
    boolean shared = !json.has("moe_num_experts") || json.has("moe_num_shared_experts");
    return json.has("tie_word_embeddings") && shared;
  }
}
