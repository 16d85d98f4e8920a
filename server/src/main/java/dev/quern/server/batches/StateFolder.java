package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server keeps on disk: {@code files/ID.json} and {@code files/ID.data}, {@code
 * batches/ID.json}, and {@code uploads/} for files that still arrive. One server uses it at a time.
 */
public final class StateFolder implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final FileChannel lock;
  private final boolean lasts;

  private StateFolder(Path folder, FileChannel lock, boolean lasts) {
    this.folder = folder;
    this.lock = lock;
    this.lasts = lasts;
  }

  /**
   * Makes the folder where it is missing, readable by its owner only.
   *
   * @throws IOException when it cannot be made, or another server uses it
   */
  public static StateFolder open(Path folder) throws IOException {
    return open(folder, true);
  }

  /** One that is deleted when it is closed. */
  public static StateFolder temporary() throws IOException {
    return open(Files.createTempDirectory("quern-serve-"), false);
  }

  private static StateFolder open(Path folder, boolean lasts) throws IOException {
    Files.createDirectories(folder);
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      boolean taken;
      try {
        taken = lock.tryLock() == null;
      } catch (OverlappingFileLockException e) {
        taken = true;
      }
      if (taken) {
        throw new IOException("another server uses it; give each server a folder of its own");
      }
      var state = new StateFolder(folder, lock, lasts);
      Files.createDirectories(state.files());
      Files.createDirectories(state.batches());
      Files.createDirectories(state.uploads());
      for (Path left : list(state.uploads())) {
        Files.delete(left);
      }
      return state;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Whether it outlives this server. */
  public boolean lasts() {
    return lasts;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  Path files() {
    return folder.resolve("files");
  }

  Path batches() {
    return folder.resolve("batches");
  }

  Path uploads() {
    return folder.resolve("uploads");
  }

  Path record(Path kind, String id) {
    return kind.resolve(id + ".json");
  }

  Path data(String id) {
    return files().resolve(id + ".data");
  }

  static List<Path> list(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  /** The records of a kind by id. */
  static Map<String, JsonNode> records(Path kind) throws IOException {
    var records = new HashMap<String, JsonNode>();
    for (Path file : list(kind)) {
      String name = file.getFileName().toString();
      if (name.endsWith(".json")) {
        records.put(name.substring(0, name.length() - 5), JSON.readTree(Files.readAllBytes(file)));
      } else if (name.endsWith(".tmp")) {
        Files.delete(file);
      }
    }
    return records;
  }

  /** Writes a record so that after a crash either the old or the new one is there, whole. */
  static void write(Path record, JsonNode json) throws IOException {
    Path next = record.resolveSibling(record.getFileName() + ".tmp");
    try (var channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, record, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceFolder(record.getParent());
  }

  /** Makes a new name durable, where the system can: not on Windows, whose folders do not open. */
  static void forceFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Ids of the files whose data is there, with a record or without. */
  List<String> dataIds() throws IOException {
    List<String> ids = new ArrayList<>();
    for (Path file : list(files())) {
      String name = file.getFileName().toString();
      if (name.endsWith(".data")) {
        ids.add(name.substring(0, name.length() - 5));
      }
    }
    return ids;
  }

  @Override
  public void close() throws IOException {
    lock.close();
    if (!lasts) {
      List<Path> all;
      try (var entries = Files.walk(folder)) {
        all = entries.toList();
      }
      for (Path entry : all.reversed()) {
        Files.delete(entry);
      }
    }
  }
}
