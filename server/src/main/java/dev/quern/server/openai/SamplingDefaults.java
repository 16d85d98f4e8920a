package dev.quern.server.openai;

import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.model.GenerationConfig;
import java.util.OptionalInt;

/**
 * Sampling where a request is silent, from the checkpoint's {@code generation_config.json}.
 *
 * @param temperature 0 for checkpoints that do not ask for sampling
 * @param maxTokens the checkpoint's {@code max_new_tokens}
 */
public record SamplingDefaults(
    double temperature,
    double topP,
    int topK,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    OptionalInt maxTokens) {
  /** The best token at every step. */
  public static final SamplingDefaults GREEDY =
      new SamplingDefaults(0, 1, 0, 0, 1, 0, 0, OptionalInt.empty());

  /**
   * @throws IllegalArgumentException for values that no request could ask for; the message begins
   *     with the field's name
   */
  public SamplingDefaults {
    GenerateOptions greedy = GenerateOptions.DEFAULT;
    var _ =
        new GenerateOptions(
            greedy.maxTokens(),
            greedy.minTokens(),
            temperature,
            topP,
            topK,
            minP,
            repetitionPenalty,
            presencePenalty,
            frequencyPenalty,
            greedy.seed(),
            greedy.stop(),
            greedy.stopTokenIds(),
            greedy.system(),
            greedy.chat(),
            greedy.choices());
  }

  /** What a checkpoint recommends; temperature 1, as OpenAI has it, where it says nothing. */
  public static SamplingDefaults of(GenerationConfig config) {
    boolean sampled = config.doSample().orElse(true);
    return new SamplingDefaults(
        sampled ? config.temperature().orElse(1) : 0,
        sampled ? config.topP().orElse(1) : 1,
        sampled ? config.topK().orElse(0) : 0,
        sampled ? config.minP().orElse(0) : 0,
        config.repetitionPenalty().orElse(1),
        config.presencePenalty().orElse(0),
        config.frequencyPenalty().orElse(0),
        config.maxNewTokens());
  }
}
