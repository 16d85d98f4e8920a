package dev.quern.server.batches;

import dev.quern.server.http.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The batches of all callers. A change of status is on disk before anybody sees it. */
final class BatchStore {
  private final StateFolder state;
  private final BatchLimits limits;
  private final InstantSource clock;
  private final TreeMap<String, Batch> batches = new TreeMap<>();

  BatchStore(StateFolder state, BatchLimits limits, InstantSource clock) throws IOException {
    this.state = state;
    this.limits = limits;
    this.clock = clock;
    StateFolder.records(state.batches()).forEach((id, json) -> batches.put(id, Batch.of(json)));
  }

  /**
   * @throws ApiException 429 when the caller has too many that run or wait
   */
  synchronized void add(Batch batch) throws ApiException, IOException {
    long unfinished = of(batch.owner()).stream().filter(b -> !b.status().last()).count();
    if (unfinished >= limits.unfinishedPerCaller()) {
      throw new ApiException(
              429,
              "rate_limit_error",
              unfinished + " of your batches run or wait already, the most; wait for one to end",
              null,
              "rate_limit_exceeded")
          .withHeader("Retry-After", "60");
    }
    write(batch);
    forgetOldest(batch.owner());
  }

  private void forgetOldest(String owner) throws IOException {
    List<Batch> ended = of(owner).stream().filter(b -> b.status().last()).toList();
    for (int i = 0; i < ended.size() - limits.keptPerCaller(); i++) {
      Files.deleteIfExists(state.record(state.batches(), ended.get(i).id()));
      batches.remove(ended.get(i).id());
    }
  }

  private void write(Batch batch) throws IOException {
    StateFolder.write(state.record(state.batches(), batch.id()), batch.record());
    batches.put(batch.id(), batch);
  }

  /**
   * A batch of the caller's.
   *
   * @throws ApiException 404 also for other callers' batches
   */
  synchronized Batch get(String owner, String id) throws ApiException {
    return Optional.ofNullable(batches.get(id))
        .filter(b -> b.owner().equals(owner))
        .orElseThrow(() -> NotFound.of("batch", id));
  }

  synchronized Batch get(String id) {
    return batches.get(id);
  }

  /** A caller's batches in the order of creation. */
  synchronized List<Batch> of(String owner) {
    return batches.values().stream().filter(b -> b.owner().equals(owner)).toList();
  }

  /** Those that have not ended, in the order of creation. */
  synchronized List<Batch> unfinished() {
    return batches.values().stream().filter(b -> !b.status().last()).toList();
  }

  /** A batch that has not ended and reads the file. */
  synchronized Optional<String> readerOf(String file) {
    return unfinished().stream().filter(b -> b.inputFile().equals(file)).map(Batch::id).findFirst();
  }

  /** Ids of files that unfinished batches write. */
  synchronized Set<String> growing() {
    var ids = new HashSet<String>();
    for (Batch batch : unfinished()) {
      ids.add(batch.outputs().answers());
      ids.add(batch.outputs().errors());
    }
    return ids;
  }

  /** Changes a batch and brings it to a status. */
  synchronized Batch advance(String id, BatchStatus next, UnaryOperator<Batch> change)
      throws IOException {
    Batch batch = change.apply(batches.get(id)).with(next, clock.instant().getEpochSecond());
    write(batch);
    return batch;
  }

  /** Changes a batch that stays in its status. */
  synchronized void update(String id, UnaryOperator<Batch> change) throws IOException {
    advance(id, batches.get(id).status(), change);
  }

  /**
   * Brings a batch from one of some statuses to another.
   *
   * @return false when it is in none of those, and stays as it is
   */
  synchronized boolean advanceFrom(Set<BatchStatus> from, String id, BatchStatus next)
      throws IOException {
    if (!from.contains(batches.get(id).status())) {
      return false;
    }
    advance(id, next, b -> b);
    return true;
  }

  /** Counts are not written: after a restart they come from the files of answers. */
  synchronized void count(String id, Batch.Counts counts) {
    batches.computeIfPresent(id, (_, batch) -> batch.with(counts));
  }
}
