package dev.quern.connectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Resolves links in paths that need not exist, as {@code realpath -m} does. {@link Path#toRealPath}
 * fails where the target is missing, which would tell what exists elsewhere.
 */
final class RealPath {
  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private RealPath() {}

  /** An absolute path without links, "." and ".."; empty: too many links, as in a loop. */
  static Optional<Path> of(Path absolute) {
    Deque<Path> left = new ArrayDeque<>();
    absolute.forEach(left::addLast);
    Path at = absolute.getRoot();
    int links = 0;
    while (!left.isEmpty()) {
      Path name = left.removeFirst();
      switch (name.toString()) {
        case "", "." -> {}
        case ".." -> at = at.getParent() == null ? at : at.getParent();
        default -> {
          Optional<Path> target = target(at.resolve(name));
          if (target.isEmpty()) {
            at = at.resolve(name);
          } else if (++links > MOST_LINKS) {
            return Optional.empty();
          } else {
            at = target.get().isAbsolute() ? target.get().getRoot() : at;
            for (int i = target.get().getNameCount() - 1; i >= 0; i--) {
              left.addFirst(target.get().getName(i));
            }
          }
        }
      }
    }
    return Optional.of(at);
  }

  /** Empty for what is no link, or cannot be looked at. */
  private static Optional<Path> target(Path path) {
    try {
      return Files.isSymbolicLink(path)
          ? Optional.of(Files.readSymbolicLink(path))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
