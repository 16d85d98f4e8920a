package dev.quern.executor.engine;

import java.util.OptionalLong;

/** Generate options that differ from the defaults in one thing. */
final class TestOptions {
  private TestOptions() {}

  static GenerateOptions maxTokens(int maxTokens) {
    return GenerateOptions.DEFAULT.withTokens(0, maxTokens);
  }

  static GenerateOptions sampled(GenerateOptions o, double temperature, long seed) {
    return o.withTemperature(temperature).withSeed(OptionalLong.of(seed));
  }
}
