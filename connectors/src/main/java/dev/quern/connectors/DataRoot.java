package dev.quern.connectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files below one folder.
 *
 * <p>A name is a plain path: nothing in it is decoded. It is refused if it climbs out as it is
 * written, or if any link on its way leads out. The path returned has no links, so that a link that
 * is swapped afterwards changes nothing. What remains: who may write into the folder by other means
 * than SQL can put a hard link there, or swap a folder for a link in the moment between check and
 * opening. Statements can do neither.
 */
final class DataRoot implements FileAccess {
  private static final int MOST_CHARACTERS = 4096;
  private static final int SHOWN_CHARACTERS = 200;
  private static final Pattern URI = Pattern.compile("(?is)(file|jar):.*|[a-z][a-z0-9+.-]+:/.*");
  private static final Pattern CLIMBING_GLOB = Pattern.compile("(?s).*[*?\\[{].*/\\.\\.(/.*)?");

  private final Path folder;
  private final Path written;
  private final Pattern inMessages;

  /**
   * @param folder without links
   * @param written the same folder as the operator names it
   */
  private DataRoot(Path folder, Path written) {
    this.folder = folder;
    this.written = written;
    this.inMessages =
        Pattern.compile(
            "(?<![\\w./-])(?:"
                + Pattern.quote(folder.toString())
                + "|"
                + Pattern.quote(written.toString())
                + ")(/|(?![\\w.-]))");
  }

  static DataRoot of(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (!Files.isDirectory(real)) {
      throw new NotDirectoryException(folder.toString());
    }
    Path written = folder.toAbsolutePath().normalize();
    // "link/.." means another folder to the system than to normalize().
    boolean same = Files.exists(written) && written.toRealPath().equals(real);
    return new DataRoot(real, same ? written : real);
  }

  /** The folder, without links. */
  Path folder() {
    return folder;
  }

  @Override
  public Path read(String name) {
    String quoted = quoted(name);
    if (name.length() > MOST_CHARACTERS) {
      throw new FileRefusedException(
          quoted
              + " has "
              + name.length()
              + " characters; names of files have at most "
              + MOST_CHARACTERS);
    }
    if (URI.matcher(name).matches()) {
      throw new FileRefusedException(
          quoted + " is a URI; name a file by its path relative to --data-root");
    }
    Path path = folder.resolve(Path.of(name));
    Path plain = path.normalize();
    boolean below = plain.startsWith(folder) || plain.startsWith(written);
    if (!below || CLIMBING_GLOB.matcher(name).matches()) {
      throw outside(quoted);
    }
    Path real = RealPath.of(path).filter(this::isInside).orElseThrow(() -> outside(quoted));
    if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileRefusedException(quoted + " is neither a file nor a folder");
    }
    return real;
  }

  @Override
  public Path write(String name) {
    Path path = read(name);
    if (path.equals(folder)) {
      throw new FileRefusedException(
          quoted(name) + " is --data-root itself; name a file or a folder below it");
    }
    return path;
  }

  @Override
  public Optional<Path> follow(Path link) {
    return RealPath.of(link).filter(this::isInside);
  }

  @Override
  public String shown(String message) {
    if (folder.getNameCount() == 0) {
      return message;
    }
    return inMessages
        .matcher(message)
        .replaceAll(
            found -> Matcher.quoteReplacement(found.group(1).isEmpty() ? "the data root" : ""));
  }

  private boolean isInside(Path real) {
    if (!real.startsWith(folder)) {
      return false;
    }
    try {
      // File systems that ignore case, or that changed since, may see it otherwise.
      return !Files.exists(real) || real.toRealPath().startsWith(folder);
    } catch (IOException e) {
      return false;
    }
  }

  private static FileRefusedException outside(String quoted) {
    return new FileRefusedException(
        quoted + " lies outside --data-root; name a file by its path relative to that folder");
  }

  /** The name as it was written, without what would spoil a line of text. */
  private static String quoted(String name) {
    String start =
        name.length() > SHOWN_CHARACTERS ? name.substring(0, SHOWN_CHARACTERS) + ".." : name;
    return "'" + start.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
