package dev.quern.connectors;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds the files of a table below a folder. Names with a "." or "_" in front are not data. Links
 * are followed where the session may go; one that leads elsewhere is an error if it has a name that
 * is wanted, and else is not entered.
 */
final class FolderWalk {
  private final FileAccess access;
  private final Path folder;
  private final PathMatcher wanted;
  private final SortedMap<Path, Path> files = new TreeMap<>();
  private final Set<Path> entered = new HashSet<>();

  private FolderWalk(FileAccess access, Path folder, PathMatcher wanted) {
    this.access = access;
    this.folder = folder;
    this.wanted = wanted;
  }

  /**
   * Files below a folder, in the order of their names.
   *
   * @param wanted takes paths relative to the folder
   * @throws FileRefusedException for a wanted link that leads where the session may not go
   */
  static List<Path> files(FileAccess access, Path folder, PathMatcher wanted) {
    var walk = new FolderWalk(access, folder, wanted);
    try {
      walk.enter(folder, folder);
    } catch (IOException e) {
      throw FileErrors.unreadable(folder, e);
    }
    return List.copyOf(walk.files.values());
  }

  /**
   * @param named the folder by the names that led to it
   * @param place where it is
   */
  private void enter(Path named, Path place) throws IOException {
    Path real = place.toRealPath();
    if (!entered.add(real)) {
      throw new FileSystemLoopException(named.toString());
    }
    List<Path> entries;
    try (Stream<Path> listed = Files.list(place)) {
      entries = listed.toList();
    }
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      if (!name.startsWith(".") && !name.startsWith("_")) {
        look(named.resolve(name), entry);
      }
    }
    entered.remove(real);
  }

  private void look(Path named, Path entry) throws IOException {
    boolean matches = wanted.matches(folder.relativize(named));
    Path place = entry;
    if (Files.isSymbolicLink(entry)) {
      var target = access.follow(entry);
      if (target.isEmpty()) {
        if (matches) {
          throw new FileRefusedException(
              "'"
                  + folder.relativize(named)
                  + "' is a link that lies outside --data-root at its end; remove it, or name the"
                  + " other files");
        }
        return;
      }
      place = target.get();
    }
    if (Files.isDirectory(place)) {
      enter(named, place);
    } else if (matches && Files.isRegularFile(place)) {
      files.put(named, place);
    }
  }
}
