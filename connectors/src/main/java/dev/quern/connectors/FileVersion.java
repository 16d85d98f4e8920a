package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** Size and time of a file, to notice that it was replaced after its schema was read. */
record FileVersion(long bytes, FileTime modified) {
  static FileVersion of(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileVersion(attributes.size(), attributes.lastModifiedTime());
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  void requireUnchanged(Path path) {
    if (!equals(of(path))) {
      throw new TableException(
          path + " has changed since the table was opened; open the table again");
    }
  }
}
