package dev.quern.planner;

import java.util.Locale;

/** What a row that fails gives: the values of {@code on_error}. */
public enum OnError {
  /** NULL, and a warning. */
  NULL,
  /** The message as the value. */
  TEXT,
  /** The query fails. */
  FAIL;

  /**
   * @throws IllegalArgumentException for another name
   */
  public static OnError of(String name) {
    for (OnError value : values()) {
      if (value.name().equalsIgnoreCase(name)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "on_error must be one of 'null', 'text', 'fail' but is '"
            + name.toLowerCase(Locale.ROOT)
            + "'");
  }
}
