package dev.quern.server.openai;

import dev.quern.executor.device.Sampling;
import dev.quern.executor.model.GenerationConfig;
import java.util.OptionalInt;

/**
 * Sampling where a request is silent, from the checkpoint's {@code generation_config.json}.
 *
 * @param sampling greedy for checkpoints that do not ask for sampling
 * @param maxTokens the checkpoint's {@code max_new_tokens}
 */
public record SamplingDefaults(Sampling sampling, OptionalInt maxTokens) {
  /** The best token at every step. */
  public static final SamplingDefaults GREEDY =
      new SamplingDefaults(Sampling.GREEDY, OptionalInt.empty());

  /**
   * What a checkpoint recommends; temperature 1, as OpenAI has it, where it says nothing.
   *
   * @throws IllegalArgumentException for values that no request could ask for; the message begins
   *     with the field's name
   */
  public static SamplingDefaults of(GenerationConfig config) {
    boolean sampled = config.doSample().orElse(true);
    var sampling =
        new Sampling(
            sampled ? config.temperature().orElse(1) : 0,
            sampled ? config.topP().orElse(1) : 1,
            sampled ? config.topK().orElse(0) : 0,
            sampled ? config.minP().orElse(0) : 0,
            config.repetitionPenalty().orElse(1),
            config.presencePenalty().orElse(0),
            config.frequencyPenalty().orElse(0));
    return new SamplingDefaults(sampling, config.maxNewTokens());
  }
}
