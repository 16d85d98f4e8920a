package dev.quern.executor.engine;

/** Which of a row's own stops ended its answer ({@code stop_reason} in vLLM's protocol). */
public sealed interface StopReason {
  /** One of {@link GenerateOptions#stop()}: of those in the text, the one that begins first. */
  record Text(String text) implements StopReason {}

  /** One of {@link GenerateOptions#stopTokenIds()}. */
  record Token(int id) implements StopReason {}
}
