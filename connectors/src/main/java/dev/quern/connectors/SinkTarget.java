package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where a table is written, and how it gets its final name. Until then everything is under a hidden
 * name ({@code .name.random.tmp}) beside the target, which no table reads.
 */
sealed interface SinkTarget {
  /** The file to write. */
  Path pending();

  TableFormat format();

  /** Makes what encloses the pending file. */
  default void prepare() throws IOException {}

  /** Gives the finished, forced file its final name. */
  void publish() throws IOException;

  /** Removes the pending file and what {@link #prepare} made. */
  void discard() throws IOException;

  static SinkTarget of(String name, WriteOptions options, FileAccess access) {
    Path path = access.write(name);
    boolean folder = name.endsWith("/") || Files.isDirectory(path);
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new TableException(
          "cannot write " + name + ": the folder " + parent + " does not exist; create it first");
    }
    if (!Files.isWritable(parent)) {
      throw new TableException("cannot write " + name + ": this user may not write into " + parent);
    }
    if (folder && Files.isRegularFile(absolute)) {
      throw new TableException(
          "cannot write " + name + ": it is a file; leave the \"/\" at its end away");
    }
    return folder ? folder(name, absolute, options) : file(name, absolute, options.mode());
  }

  private static SinkTarget file(String name, Path path, WriteMode mode) {
    TableFormat format =
        TableFormat.of(path)
            .filter(known -> !TableFormat.isGzip(path))
            .orElseThrow(() ->
                new TableException(
                    "cannot write "
                        + name
                        + ": name a file with one of the extensions .parquet, .arrow, .csv,"
                        + " .tsv, .jsonl, or a folder with a \"/\" at its end"));
    boolean exists = Files.exists(path);
    return switch (mode) {
      case CREATE -> {
        if (exists) {
          throw new TableException(name + " exists already; name another file, or replace it");
        }
        yield new NewFile(hidden(path), path, format);
      }
      case REPLACE -> new ReplacedFile(hidden(path), path, format);
      case APPEND ->
          throw new TableException(
              "cannot append to the single file "
                  + name
                  + "; append to a folder (\""
                  + stem(path)
                  + "/\"), which gets one file more each time");
    };
  }

  private static SinkTarget folder(String name, Path path, WriteOptions options) {
    List<Path> old = Files.isDirectory(path) ? entries(path) : List.of();
    TableFormat format = options.folderFormat();
    return switch (options.mode()) {
      case CREATE -> {
        if (!old.isEmpty()) {
          throw new TableException(
              "the folder "
                  + name
                  + " is not empty; name another one, append to it, or replace it");
        }
        yield new NewFolder(hidden(path), path, format, false);
      }
      case REPLACE -> {
        old.stream()
            .filter(entry -> Files.isDirectory(entry) || TableFormat.of(entry).isEmpty())
            .filter(entry -> !entry.getFileName().toString().startsWith("."))
            .findFirst()
            .ifPresent(entry -> {
              throw new TableException(
                  "will not replace the folder "
                      + name
                      + ": it holds "
                      + entry.getFileName()
                      + ", which is no table; move it away, or name another folder");
            });
        yield new NewFolder(hidden(path), path, format, !old.isEmpty());
      }
      case APPEND ->
          old.isEmpty()
              ? new NewFolder(hidden(path), path, format, false)
              : new AddedPart(hidden(path.resolve(part(0, format))), path, format);
    };
  }

  private static List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException e) {
      throw FileErrors.unreadable(folder, e);
    }
  }

  private static Path hidden(Path path) {
    return path.resolveSibling(
        "." + path.getFileName() + "." + UUID.randomUUID().toString().substring(0, 8) + ".tmp");
  }

  private static String stem(Path path) {
    String name = path.getFileName().toString();
    return name.substring(0, name.indexOf('.'));
  }

  private static String part(int number, TableFormat format) {
    return String.format(Locale.ROOT, "part-%05d.%s", number, format.extension());
  }

  /** Gives a file a name that nobody has, not even since we looked. */
  private static void claim(Path pending, Path path) throws IOException {
    try {
      Files.createLink(path, pending);
      Files.delete(pending);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // No hard links on this file system: the check and the move are two steps there.
      if (Files.exists(path)) {
        throw new FileAlreadyExistsException(path.toString(), null, e.getMessage());
      }
      Files.move(pending, path, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** A file under a name that is free. */
  record NewFile(Path pending, Path path, TableFormat format) implements SinkTarget {
    @Override
    public void publish() throws IOException {
      try {
        claim(pending, path);
      } catch (FileAlreadyExistsException e) {
        throw new TableException(
            path + " was created by someone else meanwhile; name another file, or replace it", e);
      }
      Storage.force(path.getParent());
    }

    @Override
    public void discard() throws IOException {
      Files.deleteIfExists(pending);
    }
  }

  /** A file that takes the place of another. */
  record ReplacedFile(Path pending, Path path, TableFormat format) implements SinkTarget {
    @Override
    public void publish() throws IOException {
      Files.move(
          pending, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Storage.force(path.getParent());
    }

    @Override
    public void discard() throws IOException {
      Files.deleteIfExists(pending);
    }
  }

  /** One file more in a folder. */
  record AddedPart(Path pending, Path folder, TableFormat format) implements SinkTarget {
    @Override
    public void publish() throws IOException {
      int number = 0;
      while (!claimPart(number)) {
        number++;
      }
      Storage.force(folder);
    }

    private boolean claimPart(int number) throws IOException {
      try {
        claim(pending, folder.resolve(part(number, format)));
        return true;
      } catch (FileAlreadyExistsException taken) {
        return false;
      }
    }

    @Override
    public void discard() throws IOException {
      Files.deleteIfExists(pending);
    }
  }

  /**
   * A folder with one file.
   *
   * @param replaces whether the folder's name is taken: the old folder then moves aside first, so
   *     that for a moment there is none, but never one with rows of both
   */
  record NewFolder(Path unfinished, Path folder, TableFormat format, boolean replaces)
      implements SinkTarget {
    @Override
    public Path pending() {
      return unfinished.resolve(part(0, format));
    }

    @Override
    public void prepare() throws IOException {
      Files.createDirectory(unfinished);
    }

    @Override
    public void publish() throws IOException {
      Storage.force(unfinished);
      if (replaces) {
        Path old = SinkTarget.hidden(folder);
        Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        deleteFolder(old);
      } else {
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
      }
      Storage.force(folder.getParent());
    }

    @Override
    public void discard() throws IOException {
      if (Files.exists(unfinished)) {
        deleteFolder(unfinished);
      }
    }

    private static void deleteFolder(Path folder) throws IOException {
      for (Path entry : entries(folder)) {
        Files.deleteIfExists(entry);
      }
      Files.delete(folder);
    }
  }
}
