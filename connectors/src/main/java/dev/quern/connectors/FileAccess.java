package dev.quern.connectors;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which files a session may touch. Every name of a file, a folder or a glob in a statement goes
 * through it, and what it returns is opened, not the name.
 */
public sealed interface FileAccess permits FileAccess.All, FileAccess.None, DataRoot {
  /** Every file that the process may read or write; names are relative to the working directory. */
  static FileAccess all() {
    return new All();
  }

  /** No file. */
  static FileAccess none() {
    return new None();
  }

  /**
   * Files below a folder; names are relative to it.
   *
   * @throws IOException if there is no such folder
   */
  static FileAccess under(Path folder) throws IOException {
    return DataRoot.of(folder);
  }

  /**
   * Where a name leads, to be read. Whether something is there is not looked at, nor told.
   *
   * @param name as written; a glob gives a path that has its signs in it
   * @throws FileRefusedException if the name leads elsewhere than the session may go
   * @throws InvalidPathException for a text that is no path
   */
  Path read(String name);

  /**
   * Where a name leads, to be written. It may not be the folder that all others are in.
   *
   * @throws FileRefusedException if the name leads elsewhere than the session may go
   * @throws InvalidPathException for a text that is no path
   */
  Path write(String name);

  /**
   * Where a link that was found in a readable folder leads; empty: where the session may not go.
   */
  Optional<Path> follow(Path link);

  /** A message without the parts of paths that are the server's affair. */
  String shown(String message);

  /** Whether the session is someone else's than the owner of the process. */
  default boolean limited() {
    return !(this instanceof All);
  }

  /** See {@link #all}. */
  record All() implements FileAccess {
    @Override
    public Path read(String name) {
      return Path.of(name);
    }

    @Override
    public Path write(String name) {
      return Path.of(name);
    }

    @Override
    public Optional<Path> follow(Path link) {
      return Optional.of(link);
    }

    @Override
    public String shown(String message) {
      return message;
    }
  }

  /** See {@link #none}. */
  record None() implements FileAccess {
    @Override
    public Path read(String name) {
      throw new FileRefusedException("this server reads no files: start it with --data-root DIR");
    }

    @Override
    public Path write(String name) {
      throw new FileRefusedException(
          "this server reads no files, nor writes any: start it with --data-root DIR");
    }

    @Override
    public Optional<Path> follow(Path link) {
      return Optional.empty();
    }

    @Override
    public String shown(String message) {
      return message;
    }
  }
}
