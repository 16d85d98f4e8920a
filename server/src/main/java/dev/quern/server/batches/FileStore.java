package dev.quern.server.batches;

import dev.quern.server.http.ApiException;
import dev.quern.server.http.Upload;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The files of all callers. A file is there once its record is; data without one is swept away. */
final class FileStore {
  private final StateFolder state;
  private final Ids ids;
  private final BatchLimits limits;
  private final InstantSource clock;
  private final TreeMap<String, StoredFile> files = new TreeMap<>();

  FileStore(StateFolder state, Ids ids, BatchLimits limits, InstantSource clock)
      throws IOException {
    this.state = state;
    this.ids = ids;
    this.limits = limits;
    this.clock = clock;
    StateFolder.records(state.files()).forEach((id, json) -> files.put(id, StoredFile.of(json)));
  }

  /**
   * Deletes data that no record names.
   *
   * @param growing ids of files that running batches still write
   */
  synchronized void sweep(Set<String> growing) throws IOException {
    for (String id : state.dataIds()) {
      if (!files.containsKey(id) && !growing.contains(id)) {
        Files.delete(state.data(id));
      }
    }
  }

  /**
   * Takes an uploaded file over.
   *
   * @throws ApiException when there is no room for it
   */
  synchronized StoredFile add(String owner, Upload upload) throws ApiException, IOException {
    requireRoom(owner, upload.bytes());
    String id = ids.next("file-");
    try (var channel = FileChannel.open(upload.file(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(upload.file(), state.data(id));
    return register(new StoredFile(id, owner, upload.bytes(), now(), upload.filename(), "batch"));
  }

  /**
   * Makes a file of the answers that a batch has written; again, after a crash, changes nothing.
   */
  synchronized void addOutput(String owner, String id, String filename) throws IOException {
    if (!files.containsKey(id)) {
      long bytes = Files.size(state.data(id));
      register(new StoredFile(id, owner, bytes, now(), filename, "batch_output"));
    }
  }

  private StoredFile register(StoredFile file) throws IOException {
    StateFolder.write(state.record(state.files(), file.id()), file.record());
    files.put(file.id(), file);
    return file;
  }

  /**
   * @throws ApiException when so many bytes more do not fit, into the caller's share or at all
   */
  synchronized void requireRoom(String owner, long bytes) throws ApiException {
    requireRoom("your files", of(owner), limits.perCaller(), bytes);
    requireRoom("the server's files", files.values(), limits.all(), bytes);
  }

  private static void requireRoom(
      String whose, Collection<StoredFile> held, BatchLimits.Quota quota, long bytes)
      throws ApiException {
    long used = held.stream().mapToLong(StoredFile::bytes).sum();
    if (used + bytes > quota.bytes()) {
      throw full(
          whose
              + " hold "
              + used
              + " of at most "
              + quota.bytes()
              + " bytes, and "
              + bytes
              + " more do not fit");
    }
    if (held.size() >= quota.files()) {
      throw full(whose + " are " + held.size() + ", the most");
    }
  }

  private static ApiException full(String message) {
    return new ApiException(
        400,
        "invalid_request_error",
        message + "; delete files that are not needed",
        "file",
        "storage_quota_exceeded");
  }

  /**
   * A file of the caller's.
   *
   * @throws ApiException 404 also for other callers' files
   */
  synchronized StoredFile get(String owner, String id) throws ApiException {
    return Optional.ofNullable(files.get(id))
        .filter(f -> f.owner().equals(owner))
        .orElseThrow(() -> NotFound.of("file", id));
  }

  Path data(String id) {
    return state.data(id);
  }

  /** A caller's files in the order of creation. */
  synchronized List<StoredFile> of(String owner) {
    return new ArrayList<>(files.values().stream().filter(f -> f.owner().equals(owner)).toList());
  }

  synchronized void delete(StoredFile file) throws IOException {
    // The record first: data without a record is swept away, a record without data would be a lie.
    Files.deleteIfExists(state.record(state.files(), file.id()));
    Files.deleteIfExists(state.data(file.id()));
    files.remove(file.id());
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}
