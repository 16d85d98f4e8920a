package dev.quern.server.batches;

import java.util.Locale;

/** Where a batch stands, in OpenAI's words. */
public enum BatchStatus {
  VALIDATING(false),
  IN_PROGRESS(false),
  CANCELLING(false),
  FINALIZING(false),
  COMPLETED(true),
  FAILED(true),
  EXPIRED(true),
  CANCELLED(true);

  private final boolean last;

  BatchStatus(boolean last) {
    this.last = last;
  }

  /** Whether nothing more becomes of it. */
  public boolean last() {
    return last;
  }

  /** The name in OpenAI's protocol. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BatchStatus of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
