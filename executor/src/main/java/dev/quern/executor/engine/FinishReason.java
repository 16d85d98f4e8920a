package dev.quern.executor.engine;

import java.util.Locale;

/** Why a row ended. */
public enum FinishReason {
  /** A stop id or stop string. */
  STOP,
  /** max_tokens, or the context is full. */
  LENGTH,
  /** The batch was closed before the row ended. */
  CANCELLED,
  /** The row could not run; the others go on. */
  ERROR;

  /** The name in SQL and in OpenAI's protocol. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
