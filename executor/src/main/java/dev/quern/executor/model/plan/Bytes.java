package dev.quern.executor.model.plan;

import java.util.Locale;

/** Numbers as people read them; decimal units, as in the memory sizes of devices. */
final class Bytes {
  private Bytes() {}

  /** Such as {@code 599.0 GB}. */
  static String text(long bytes) {
    return bytes >= 1_000_000_000L
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** Such as {@code 21.83 B} or {@code 134.65 M}. */
  static String count(long parameters) {
    return parameters >= 1_000_000_000L
        ? String.format(Locale.ROOT, "%.2f B", parameters / 1e9)
        : String.format(Locale.ROOT, "%.2f M", parameters / 1e6);
  }
}
