package dev.quern.executor.engine;

/** Generate options that differ from the defaults in one thing. */
final class TestOptions {
  private TestOptions() {}

  static GenerateOptions maxTokens(int maxTokens) {
    return GenerateOptions.DEFAULT.withTokens(0, maxTokens);
  }
}
