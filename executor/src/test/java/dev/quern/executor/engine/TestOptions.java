package dev.quern.executor.engine;

import java.util.List;
import java.util.OptionalLong;

/** Generate options that differ from the defaults in one thing. */
final class TestOptions {
  private TestOptions() {}

  static GenerateOptions maxTokens(int maxTokens) {
    return with(GenerateOptions.DEFAULT, maxTokens, List.of());
  }

  static GenerateOptions with(GenerateOptions o, int maxTokens, List<String> stop) {
    return new GenerateOptions(
        maxTokens,
        o.minTokens(),
        o.temperature(),
        o.topP(),
        o.topK(),
        o.minP(),
        o.repetitionPenalty(),
        o.presencePenalty(),
        o.frequencyPenalty(),
        o.seed(),
        stop,
        o.stopTokenIds(),
        o.system(),
        o.chat());
  }

  static GenerateOptions chat(GenerateOptions o, boolean chat) {
    return new GenerateOptions(
        o.maxTokens(),
        o.minTokens(),
        o.temperature(),
        o.topP(),
        o.topK(),
        o.minP(),
        o.repetitionPenalty(),
        o.presencePenalty(),
        o.frequencyPenalty(),
        o.seed(),
        o.stop(),
        o.stopTokenIds(),
        o.system(),
        chat);
  }

  static GenerateOptions sampled(GenerateOptions o, double temperature, long seed) {
    return new GenerateOptions(
        o.maxTokens(),
        o.minTokens(),
        temperature,
        o.topP(),
        o.topK(),
        o.minP(),
        o.repetitionPenalty(),
        o.presencePenalty(),
        o.frequencyPenalty(),
        OptionalLong.of(seed),
        o.stop(),
        o.stopTokenIds(),
        o.system(),
        o.chat());
  }
}
