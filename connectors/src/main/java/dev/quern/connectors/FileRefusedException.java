package dev.quern.connectors;

import java.io.Serial;

/** A file that a {@link FileAccess} does not allow; the message names it as it was written. */
public final class FileRefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  FileRefusedException(String message) {
    super(message);
  }
}
