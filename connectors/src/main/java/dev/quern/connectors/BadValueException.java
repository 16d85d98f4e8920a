package dev.quern.connectors;

import java.io.Serial;

/** A stored value cannot be handed out; the cursor that knows the place makes the full message. */
final class BadValueException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadValueException(String message) {
    super(message);
  }
}
