package dev.quern.server.load;

import java.io.Serial;

/** The server cannot be measured; the message says why. */
public final class LoadException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  LoadException(String message) {
    super(message);
  }

  LoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
