package dev.quern.executor.table;

import java.io.Serial;

/** A table cannot be read or written; the message says which file, where in it, and the remedy. */
public final class TableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public TableException(String message) {
    super(message);
  }

  public TableException(String message, Throwable cause) {
    super(message, cause);
  }
}
