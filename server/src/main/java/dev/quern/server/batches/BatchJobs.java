package dev.quern.server.batches;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs batches: some at a time, callers in turn, each until its window is over at the latest. */
final class BatchJobs implements AutoCloseable {
  /** Makes the work of a batch. */
  interface Factory {
    BatchJob job(Batch batch, BatchRun run);
  }

  private record Waiting(Batch batch, BatchRun run, Optional<ScheduledFuture<?>> expiry) {}

  private record Running(String owner, BatchRun run, Thread thread) {}

  private final BatchStore batches;
  private final Factory factory;
  private final int most;
  private final JobListener listener;
  private final InstantSource clock;
  private final PrintStream log;
  private final TreeMap<String, Waiting> waiting = new TreeMap<>();

  /** Those that a failure of engine or disk has left: for their end, or for the next start. */
  private final Map<String, Waiting> stalled = new HashMap<>();

  private final Map<String, Running> running = new HashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, task -> Thread.ofPlatform().daemon().name("quern-batch-expiry").unstarted(task));
  private boolean closing;

  BatchJobs(
      BatchStore batches,
      Factory factory,
      int most,
      JobListener listener,
      InstantSource clock,
      PrintStream log) {
    this.batches = batches;
    this.factory = factory;
    this.most = most;
    this.listener = listener;
    this.clock = clock;
    this.log = log;
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Takes a batch that has not ended: a new one, or one that an earlier server left. */
  synchronized void add(Batch batch) {
    if (closing) {
      return;
    }
    var run = new BatchRun();
    if (batch.status() == BatchStatus.CANCELLING) {
      run.end(Ending.CANCELLED);
    }
    waiting.put(batch.id(), new Waiting(batch, run, expiry(batch, run)));
    startNext();
  }

  /** Whether a failure of engine or disk has left the batch without a job. */
  synchronized boolean stalled(String id) {
    return stalled.containsKey(id);
  }

  /** Whether no batch starts any more. */
  synchronized boolean stopped() {
    return closing;
  }

  /** Ends a batch whose status says that it is being cancelled; again, where that has failed. */
  synchronized void cancel(String id) {
    Optional.ofNullable(waiting.get(id)).ifPresent(w -> w.run().end(Ending.CANCELLED));
    Optional.ofNullable(stalled.get(id)).ifPresent(w -> w.run().end(Ending.CANCELLED));
    Optional.ofNullable(running.get(id)).ifPresent(r -> r.run().end(Ending.CANCELLED));
    startNext();
  }

  private synchronized void startNext() {
    if (closing) {
      return;
    }
    // One that only has its end to be written needs no place.
    Stream.of(List.copyOf(waiting.values()), List.copyOf(stalled.values()))
        .flatMap(List::stream)
        .filter(w -> w.run().ending().isPresent())
        .forEach(this::start);
    while (running.size() < most && !waiting.isEmpty()) {
      Comparator<Waiting> fewestOfOwner =
          Comparator.comparingLong(w -> runningOf(w.batch().owner()));
      // Of equals the first, which is the oldest.
      start(waiting.values().stream().min(fewestOfOwner).orElseThrow());
    }
  }

  private long runningOf(String owner) {
    return running.values().stream().filter(r -> r.owner().equals(owner)).count();
  }

  private void start(Waiting next) {
    String id = next.batch().id();
    waiting.remove(id);
    stalled.remove(id);
    // No virtual thread: reading a long file would hold one of the few threads that carry them.
    Thread thread =
        Thread.ofPlatform().daemon().name("quern-" + id).unstarted(() -> carryOut(next));
    running.put(id, new Running(next.batch().owner(), next.run(), thread));
    thread.start();
  }

  private void carryOut(Waiting next) {
    boolean toEnd = next.run().ending().isPresent();
    BatchStatus status = next.batch().status();
    try {
      status = measured(next);
    } finally {
      leave(next, toEnd, status);
    }
  }

  private BatchStatus measured(Waiting next) {
    BatchStatus status = next.batch().status();
    listener.started();
    try {
      status = attempted(next);
    } finally {
      if (status.last()) {
        listener.ended(status);
      } else {
        listener.handedBack();
      }
    }
    return status;
  }

  /**
   * @return the status that the batch has behind it; one that is not last when it was handed back
   *     or engine or disk have failed
   */
  private BatchStatus attempted(Waiting next) {
    String id = next.batch().id();
    try {
      return factory.job(next.batch(), next.run()).run();
    } catch (EngineException | DeviceException e) {
      log.println(
          "quern: " + id + " waits for the next start: the engine failed: " + e.getMessage());
    } catch (IOException e) {
      log.println("quern: " + id + " waits for the next start: the disk failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.println("quern: " + id + " failed: " + e);
      return failed(id, e);
    }
    return next.batch().status();
  }

  /**
   * @param toEnd whether the job had nothing but the batch's end to write: where that fails, it is
   *     tried again when somebody asks for it, not at once
   */
  private void leave(Waiting next, boolean toEnd, BatchStatus status) {
    String id = next.batch().id();
    synchronized (this) {
      running.remove(id);
      if (status.last() || toEnd || closing) {
        next.expiry().ifPresent(e -> e.cancel(false));
      }
      if (!status.last() && !closing) {
        stalled.put(id, toEnd ? new Waiting(next.batch(), new BatchRun(), Optional.empty()) : next);
      }
    }
    startNext();
  }

  private BatchStatus failed(String id, Throwable cause) {
    var error = new LineError("server_error", "internal error: " + cause, null, 0);
    try {
      return batches.advance(id, BatchStatus.FAILED, b -> b.with(List.of(error))).status();
    } catch (IOException e) {
      log.println("quern: " + id + ": the disk failed: " + e.getMessage());
      return BatchStatus.IN_PROGRESS;
    }
  }

  /** Ends the batch when its window is over; not one that has answers for all lines already. */
  private Optional<ScheduledFuture<?>> expiry(Batch batch, BatchRun run) {
    if (batch.status() == BatchStatus.FINALIZING) {
      return Optional.empty();
    }
    long millis = TimeUnit.SECONDS.toMillis(batch.expires()) - clock.millis();
    if (millis <= 0) {
      run.end(Ending.EXPIRED);
      return Optional.empty();
    }
    Runnable expire =
        () -> {
          run.end(Ending.EXPIRED);
          startNext();
        };
    return Optional.of(timer.schedule(expire, millis, TimeUnit.MILLISECONDS));
  }

  /** Hands all batches back: what has come of them is on disk when this returns. */
  @Override
  public void close() {
    Set<Running> ended;
    synchronized (this) {
      closing = true;
      waiting.clear();
      stalled.clear();
      ended = Set.copyOf(running.values());
    }
    ended.forEach(r -> r.run().end(Ending.HANDED_BACK));
    timer.shutdownNow();
    for (Running job : ended) {
      try {
        job.thread().join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
  }
}
