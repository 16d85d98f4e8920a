package dev.quern.server.openai;

import dev.quern.executor.model.GenerationConfig;

/**
 * Sampling where a request is silent, from the checkpoint's {@code generation_config.json}.
 *
 * @param temperature 0 for checkpoints that do not ask for sampling
 */
public record SamplingDefaults(
    double temperature, double topP, int topK, double minP, double repetitionPenalty) {
  /** The best token at every step. */
  public static final SamplingDefaults GREEDY = new SamplingDefaults(0, 1, 0, 0, 1);

  /** What a checkpoint recommends; temperature 1, as OpenAI has it, where it says nothing. */
  public static SamplingDefaults of(GenerationConfig config) {
    if (!config.doSample().orElse(true)) {
      return GREEDY;
    }
    return new SamplingDefaults(
        config.temperature().orElse(1),
        config.topP().orElse(1),
        config.topK().orElse(0),
        config.minP().orElse(0),
        config.repetitionPenalty().orElse(1));
  }
}
