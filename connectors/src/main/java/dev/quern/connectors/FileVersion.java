package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * What a file was when its schema was read, to notice that it was replaced.
 *
 * @param key tells the file from others, whatever its name; empty where the system has none
 */
record FileVersion(long bytes, FileTime modified, Optional<Object> key) {
  static FileVersion of(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileVersion(
          attributes.size(),
          attributes.lastModifiedTime(),
          Optional.ofNullable(attributes.fileKey()));
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
