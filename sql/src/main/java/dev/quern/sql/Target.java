package dev.quern.sql;

import dev.quern.connectors.FileAccess;
import dev.quern.connectors.FileRefusedException;
import dev.quern.connectors.WriteOptions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.catalog.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlIdentifier;

/**
 * Where a statement writes.
 *
 * @param name a file, or a folder (one that exists, or a name that ends with "/"), as written
 * @param files those that the statement may write
 */
record Target(String name, FileAccess files, SqlIdentifier place, WriteOptions options) {

  /**
   * @throws QueryException for a name that is none of a file or folder
   */
  static Target of(SqlIdentifier place, WriteOptions options, Catalog catalog, FileAccess files) {
    String name = String.join(".", place.names);
    if (place.names.size() > 1) {
      throw QueryException.at(
          place, State.SYNTAX, "a file's name stands in quotes: '" + name + "'");
    }
    if (catalog.view(name).isPresent()) {
      throw QueryException.at(
          place, State.NOT_BUILT, "'" + name + "' is a view; write to a file or a folder");
    }
    if (name.contains("*")) {
      throw QueryException.at(
          place,
          State.SYNTAX,
          "'" + name + "' may be many files; name one file or folder to write");
    }
    var target = new Target(name, files, place, options);
    target.path();
    return target;
  }

  /**
   * Where the name leads now; links may have changed since the statement was prepared.
   *
   * @throws QueryException for a name that is no path, or that may not be written
   */
  Path path() {
    try {
      return files.write(name);
    } catch (InvalidPathException e) {
      throw new QueryException(
          State.FILE, QueryException.place(place.getParserPosition()) + e.getMessage(), e);
    } catch (FileRefusedException e) {
      throw new QueryException(
          State.NOT_ALLOWED, QueryException.place(place.getParserPosition()) + e.getMessage(), e);
    }
  }

  /** The same written in another way. */
  Target withOptions(WriteOptions other) {
    return new Target(name, files, place, other);
  }

  /** Whether there is a table: a file, or a folder with something in it. */
  boolean exists() {
    Path path = path();
    if (!Files.isDirectory(path)) {
      return Files.exists(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the folder " + name, e);
    }
  }
}
