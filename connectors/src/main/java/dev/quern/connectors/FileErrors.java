package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says what a failed file operation means for a table. */
final class FileErrors {
  private FileErrors() {}

  static TableException unreadable(Path path, IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ ->
          new TableException(path + " does not exist any more; open the table again", cause);
      case AccessDeniedException _ ->
          new TableException(
              path + " may not be read by this user; grant read permission on it", cause);
      default -> new TableException(path + " cannot be read: " + reason(cause), cause);
    };
  }

  static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
