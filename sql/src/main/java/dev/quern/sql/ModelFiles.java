package dev.quern.sql;

import dev.quern.connectors.FileAccess;
import dev.quern.connectors.FileRefusedException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlNode;

/**
 * What CREATE MODEL may name in a session: files that it may read, and where those are limited,
 * options of the model only. Devices, threads and memory are the server's then.
 */
record ModelFiles(FileAccess files) {
  /** Options whose values are names of files. */
  private static final List<String> PATHS = List.of("model", "quantization-config");

  private static final List<String> OF_THE_MODEL =
      List.of("model", "quantization", "quantization-config", "activations", "max-model-len");

  /** Folders of checkpoints are flat; a few levels allow for those kept beside each other. */
  private static final int DEPTH = 4;

  /**
   * Engine options with real paths.
   *
   * @param values names and values as written
   * @throws QueryException for what the session may not name
   */
  Map<String, String> resolved(SqlNode place, Map<String, String> values) {
    if (!files.limited()) {
      return values;
    }
    Map<String, String> result = new HashMap<>(values);
    for (String name : values.keySet()) {
      if (EngineOptions.NAMES.contains(name) && !OF_THE_MODEL.contains(name)) {
        throw QueryException.at(
            place,
            State.NOT_ALLOWED,
            name
                + " is the server's to choose; CREATE MODEL takes "
                + String.join(", ", OF_THE_MODEL.subList(1, OF_THE_MODEL.size()))
                + " here");
      }
    }
    for (String name : PATHS) {
      result.computeIfPresent(name, (_, value) -> resolve(place, value).toString());
    }
    return result;
  }

  private Path resolve(SqlNode place, String name) {
    try {
      // Option values lose outer blanks later: "../" must not become ".." after the check.
      Path path = files.read(name.strip());
      if (!path.toString().equals(path.toString().strip())) {
        throw QueryException.at(
            place, State.SYNTAX, "'" + name + "': a model's path has no blanks around it");
      }
      checkLinks(path, name);
      return path;
    } catch (FileRefusedException e) {
      throw new QueryException(
          State.NOT_ALLOWED, QueryException.place(place.getParserPosition()) + e.getMessage(), e);
    } catch (InvalidPathException e) {
      throw QueryException.at(place, State.SYNTAX, e.getMessage());
    }
  }

  /** The files in a model's folder are opened by their names, so no link may lead out of it. */
  private void checkLinks(Path path, String name) {
    if (!Files.isDirectory(path)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(path, DEPTH)) {
      inside
          .filter(Files::isSymbolicLink)
          .filter(link -> files.follow(link).isEmpty())
          .findAny()
          .ifPresent(link -> {
            throw new QueryException(
                State.NOT_ALLOWED,
                "the link '"
                    + path.relativize(link)
                    + "' in '"
                    + name
                    + "' lies outside --data-root at its end; copy the file into the folder");
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the folder of the model", e);
    }
  }
}
