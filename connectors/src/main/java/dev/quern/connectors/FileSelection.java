package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The files that a name stands for: a file, a folder, or a glob.
 *
 * @param format their one format
 * @param files sorted by path; at least one
 */
record FileSelection(TableFormat format, List<Path> files) {
  private static final String GLOB_SIGNS = "*?[{";

  static FileSelection of(String name, FileAccess access) {
    Path path = literal(name, access);
    if (Files.isDirectory(path)) {
      return folder(name, path, access);
    }
    if (Files.exists(path)) {
      return file(path);
    }
    if (name.chars().anyMatch(c -> GLOB_SIGNS.indexOf(c) >= 0)) {
      return glob(name, access);
    }
    throw missing(name, path);
  }

  private static Path literal(String name, FileAccess access) {
    if (name.isBlank()) {
      throw new TableException("a table needs a file name, but the name is empty");
    }
    try {
      return access.read(name);
    } catch (InvalidPathException e) {
      throw new TableException("\"" + name + "\" is not a file name: " + e.getReason(), e);
    }
  }

  private static FileSelection file(Path path) {
    if (!Files.isReadable(path)) {
      throw new TableException(path + " may not be read by this user; grant read permission on it");
    }
    return new FileSelection(
        TableFormat.of(path).orElseThrow(() -> unknownFormat(path)), List.of(path));
  }

  private static FileSelection folder(String name, Path folder, FileAccess access) {
    List<Path> files = FolderWalk.files(access, folder, path -> TableFormat.of(path).isPresent());
    if (files.isEmpty()) {
      throw new TableException(
          name + " is a folder without tables; it needs files named " + TableFormat.known());
    }
    for (Path file : files) {
      for (Path part :
          folder.relativize(file).getParent() == null
              ? List.<Path>of()
              : folder.relativize(file).getParent()) {
        if (part.toString().contains("=")) {
          throw new TableException(
              name
                  + " is partitioned: the folder \""
                  + part
                  + "\" holds a column that is not in its files, and Quern does not read such"
                  + " columns; name the files by a glob to read them without it");
        }
      }
    }
    return oneFormat(name, files);
  }

  private static FileSelection glob(String name, FileAccess access) {
    int slash = name.lastIndexOf('/', firstSign(name));
    String before = slash < 0 ? "." : name.substring(0, Math.max(slash, 1));
    Path base = literal(before, access);
    if (!Files.isDirectory(base)) {
      throw missing(before, base);
    }
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + name.substring(slash + 1));
    } catch (PatternSyntaxException e) {
      throw new TableException("\"" + name + "\" is not a glob: " + e.getDescription(), e);
    }
    List<Path> files = FolderWalk.files(access, base, matcher);
    if (files.isEmpty()) {
      throw new TableException(
          "no file matches \"" + name + "\"; " + base.toAbsolutePath() + " holds " + listing(base));
    }
    for (Path file : files) {
      if (TableFormat.of(file).isEmpty()) {
        throw unknownFormat(file);
      }
    }
    return oneFormat(name, files);
  }

  private static int firstSign(String glob) {
    int sign = 0;
    while (GLOB_SIGNS.indexOf(glob.charAt(sign)) < 0) {
      sign++;
    }
    return sign;
  }

  private static FileSelection oneFormat(String name, List<Path> files) {
    TreeMap<TableFormat, Path> formats = new TreeMap<>();
    files.forEach(file -> formats.putIfAbsent(TableFormat.of(file).orElseThrow(), file));
    if (formats.size() > 1) {
      throw new TableException(
          name
              + " holds files of several formats, such as "
              + formats.values()
              + "; name those of one format by a glob");
    }
    return new FileSelection(formats.firstKey(), files);
  }

  private static TableException unknownFormat(Path path) {
    return new TableException(
        path + " has no extension of a table; rename it to its format's: " + TableFormat.known());
  }

  private static TableException missing(String name, Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return new TableException(
          name + " does not exist, nor does the folder " + parent + "; check the path");
    }
    Optional<String> near = NearMiss.of(path.getFileName().toString(), names(parent));
    return new TableException(
        name
            + " does not exist; "
            + near.map(n -> "did you mean \"" + path.resolveSibling(n) + "\"?")
                .orElseGet(() -> parent + " holds " + listing(parent)));
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(n -> !n.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileErrors.unreadable(folder, e);
    }
  }

  private static String listing(Path folder) {
    List<String> names = names(folder);
    return names.isEmpty()
        ? "nothing"
        : String.join(", ", names.subList(0, Math.min(8, names.size())))
            + (names.size() > 8 ? " and " + (names.size() - 8) + " more" : "");
  }
}
