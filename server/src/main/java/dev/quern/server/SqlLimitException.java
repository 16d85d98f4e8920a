package dev.quern.server;

/** An SQL client has reached a limit; the message names it and the option that raises it. */
public final class SqlLimitException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean ofKey;

  SqlLimitException(boolean ofKey, String message) {
    super(message);
    this.ofKey = ofKey;
  }

  /** Whether the key has its share; else all keys together have all. */
  public boolean ofKey() {
    return ofKey;
  }
}
