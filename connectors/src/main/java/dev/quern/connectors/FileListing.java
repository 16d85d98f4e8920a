package dev.quern.connectors;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Names of the files that are tables below a data root, for who looks around there. */
public final class FileListing extends SimpleFileVisitor<Path> {
  /** A folder of other things must not keep the client waiting. */
  private static final int MOST_LOOKED_AT = 200_000;

  private final DataRoot root;
  private final Predicate<String> wanted;
  private final int most;
  private final SortedSet<String> names = new TreeSet<>();
  private int lookedAt;

  private FileListing(DataRoot root, Predicate<String> wanted, int most) {
    this.root = root;
    this.wanted = wanted;
    this.most = most;
  }

  /**
   * Sorted names, relative to the data root, with "/" between folders; none without a data root.
   * Files and folders with a "." or "_" in front are left out, and so is what cannot be read. Links
   * to files below the root are listed, those to folders are not entered.
   *
   * @param most names; which ones of more is for the file system to choose
   * @throws dev.quern.executor.table.TableException if the data root is gone
   */
  public static List<String> of(FileAccess files, Predicate<String> wanted, int most) {
    if (!(files instanceof DataRoot root)) {
      return List.of();
    }
    var listing = new FileListing(root, wanted, most);
    try {
      Files.walkFileTree(root.folder(), listing);
    } catch (IOException e) {
      throw FileErrors.unreadable(root.folder(), e);
    }
    return List.copyOf(listing.names);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    if (folder.equals(root.folder())) {
      return FileVisitResult.CONTINUE;
    }
    return isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : look();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    String name =
        root.folder()
            .relativize(file)
            .toString()
            .replace(root.folder().getFileSystem().getSeparator(), "/");
    if (!isHidden(file) && isTable(file, attributes) && wanted.test(name)) {
      names.add(name);
    }
    return look();
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (file.equals(root.folder())) {
      throw e;
    }
    return look();
  }

  private FileVisitResult look() {
    lookedAt++;
    return names.size() < most && lookedAt < MOST_LOOKED_AT
        ? FileVisitResult.CONTINUE
        : FileVisitResult.TERMINATE;
  }

  private boolean isTable(Path file, BasicFileAttributes attributes) {
    return attributes.isSymbolicLink()
        ? root.follow(file)
            .filter(Files::isRegularFile)
            .filter(target -> TableFormat.of(target).isPresent())
            .isPresent()
        : attributes.isRegularFile() && TableFormat.of(file).isPresent();
  }

  private static boolean isHidden(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(".") || name.startsWith("_");
  }
}
