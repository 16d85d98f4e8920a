package dev.quern.server.metrics;

import java.util.Locale;

/** What a request for answers came by; online and offline ones have times of their own. */
public enum RequestKind {
  CHAT,
  COMPLETION,
  /** A line of a batch file. */
  BATCH;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
