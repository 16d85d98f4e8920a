package dev.quern.executor.engine;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.model.decoder.StepInput;
import dev.quern.executor.schedule.ScheduledStep;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import dev.quern.executor.schedule.Scheduler;
import dev.quern.executor.schedule.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The engine's thread: takes rows in, runs a step, hands tokens out, until told to stop. Everything
 * but the inbox belongs to that thread.
 */
final class EngineLoop implements Runnable {
  /**
   * What readers see.
   *
   * @param taken rows taken in so far: those submitted since then wait too
   */
  private record Published(EngineStatistics statistics, long taken) {}

  private final ModelRunner runner;
  private final PromptReader prompts;
  private final Draws draws;
  private final Scheduler scheduler;
  private final PrefixCache cache;
  private final StepStatistics statistics;
  private final LongSupplier nanos;
  private final PromptWatch watch = new PromptWatch();
  private final Map<Sequence, RunningRow> rows = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<RunningRow> inbox = new ArrayList<>();
  private final Set<LocalCompletions> closed = new HashSet<>();
  private final List<CompletableFuture<Optional<PromptRows>>> asked = new ArrayList<>();
  private final AtomicLong submitted = new AtomicLong();
  private volatile Published published;
  private long taken;
  private boolean wake;
  private boolean stop;
  private RuntimeException failure;

  /**
   * @param reader reads log-probabilities off the runner's logits
   * @param logitRows logits that the runner can hold at once
   * @param nanos clock that steps are timed by
   */
  EngineLoop(
      ModelRunner runner,
      LogprobReader reader,
      int logitRows,
      Scheduler scheduler,
      PrefixCache cache,
      LongSupplier nanos) {
    prompts = new PromptReader(runner, reader, logitRows);
    draws = new Draws(runner, reader);
    this.nanos = nanos;
    this.runner = runner;
    this.scheduler = scheduler;
    this.cache = cache;
    statistics = new StepStatistics(scheduler, cache);
    published = new Published(statistics.view(), 0);
  }

  /** The clock that steps and rows are timed by, in nanoseconds. */
  LongSupplier clock() {
    return nanos;
  }

  /** What the loop does and has done; never makes it wait. */
  EngineStatistics statistics() {
    // In this order: what was submitted by now and is not in the view, which is no older, waits.
    // The
    // other way round rows could end and others come in between, and both would count.
    long now = submitted.get();
    Published last = published;
    long unseen = now - last.taken();
    return unseen <= 0 ? last.statistics() : last.statistics().withWaiting((int) unseen);
  }

  /**
   * What the loop has, or had up to 200 ms before, between two steps; empty when it has nothing or
   * has ended.
   */
  CompletableFuture<Optional<PromptRows>> promptRows() {
    lock.lock();
    try {
      if (stop || failure != null) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      var answer = new CompletableFuture<Optional<PromptRows>>();
      asked.add(answer);
      wake = true;
      changed.signal();
      return answer;
    } finally {
      lock.unlock();
    }
  }

  /** Hands rows to the engine. */
  void add(List<RunningRow> added) {
    lock.lock();
    try {
      if (failure != null) {
        throw new EngineException("the engine has failed: " + failure.getMessage(), failure);
      }
      if (stop) {
        throw new EngineException("the engine is closed");
      }
      inbox.addAll(added);
      submitted.addAndGet(added.size());
      wake = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether an error has ended the loop. */
  boolean failed() {
    lock.lock();
    try {
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  /** A consumer has closed its batch: rows that have not ended are dropped before the next step. */
  void closed(LocalCompletions completions) {
    lock.lock();
    try {
      closed.add(completions);
      wake = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** A consumer has made room for events. */
  void wake() {
    lock.lock();
    try {
      wake = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the loop after the step in progress; rows that have not ended are cancelled. */
  void stop() {
    lock.lock();
    try {
      stop = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      while (takeIn()) {
        ScheduledStep step =
            scheduler.next(sequence -> rows.get(sequence).completions().accepting());
        if (!step.chunks().isEmpty()) {
          run(step);
          lock.lock();
          try {
            wake = true; // there may be another step
          } finally {
            lock.unlock();
          }
        }
      }
      rows.values().forEach(RunningRow::cancel);
      ended();
    } catch (RuntimeException e) {
      fail(e);
    } catch (Error e) {
      fail(
          new EngineException("the engine's thread ended: " + e, e)); // else its callers would hang
      throw e;
    }
  }

  /** Waits for something to do; false when told to stop. */
  private boolean takeIn() {
    List<RunningRow> arrived;
    Set<LocalCompletions> given;
    List<CompletableFuture<Optional<PromptRows>>> asking;
    lock.lock();
    try {
      while (!wake && !stop) {
        changed.awaitUninterruptibly();
      }
      if (stop) {
        inbox.forEach(r -> rows.put(r.sequence(), r));
        return false;
      }
      wake = false;
      arrived = List.copyOf(inbox);
      inbox.clear();
      given = Set.copyOf(closed);
      closed.clear();
      asking = List.copyOf(asked);
      asked.clear();
    } finally {
      lock.unlock();
    }
    for (RunningRow row : arrived) {
      rows.put(row.sequence(), row);
      scheduler.add(row.sequence());
    }
    taken += arrived.size();
    if (!given.isEmpty()) {
      drop(given);
      nothingLeft();
    }
    if (!arrived.isEmpty() || !given.isEmpty()) {
      published = new Published(statistics.view(), taken);
    }
    if (!asking.isEmpty()) {
      Optional<PromptRows> answer = look();
      asking.forEach(a -> a.complete(answer));
    }
    return true;
  }

  private void nothingLeft() {
    if (rows.isEmpty()) {
      watch.idle();
    }
  }

  private Optional<PromptRows> look() {
    long now = nanos.getAsLong();
    if (rows.isEmpty()) {
      watch.looked(now);
      return Optional.empty();
    }
    return Optional.of(watch.look(rows.values(), cache, now));
  }

  /** Nothing runs any more, and nobody waits for an answer. */
  private void ended() {
    List<CompletableFuture<Optional<PromptRows>>> asking;
    lock.lock();
    try {
      published = new Published(statistics.last(), submitted.get());
      asking = List.copyOf(asked);
      asked.clear();
    } finally {
      lock.unlock();
    }
    asking.forEach(a -> a.complete(Optional.empty()));
  }

  private void drop(Set<LocalCompletions> given) {
    given.forEach(watch::dropped);
    for (RunningRow row : List.copyOf(rows.values())) {
      if (given.contains(row.completions())) {
        row.cancel();
        rows.remove(row.sequence());
        scheduler.drop(row.sequence());
      }
    }
  }

  private void run(ScheduledStep step) {
    long start = nanos.getAsLong();
    for (Chunk chunk : step.chunks()) {
      if (chunk.from() < chunk.sequence().promptLength()) {
        rows.get(chunk.sequence()).starts(start);
      }
    }
    StepInput input = step.input(cache.blockSize());
    runner.forward(input);
    scheduler.completed(step);
    int readTokens = prompts.read(step, input, rows);
    List<RunningRow> drawing =
        step.chunks().stream()
            .filter(Chunk::wantsLogits)
            .map(chunk -> rows.get(chunk.sequence()))
            .toList();
    int generatedBefore = generated(drawing);
    if (!drawing.isEmpty()) {
      draws.draw(drawing);
    }
    long end = nanos.getAsLong();
    double seconds = (end - start) / 1e9;
    watch.pass(end);
    scheduler.took(step, readTokens, seconds * 1e3);
    for (Chunk chunk : step.chunks()) {
      if (chunk.sequence().ended()) {
        RunningRow row = rows.remove(chunk.sequence());
        watch.ended(row.completions(), chunk.sequence().prompt());
        scheduler.drop(chunk.sequence());
      }
    }
    nothingLeft();
    statistics.ran(step, generated(drawing) - generatedBefore, seconds);
    published = new Published(statistics.view(), taken);
  }

  private static int generated(List<RunningRow> drawing) {
    int tokens = 0;
    for (RunningRow row : drawing) {
      tokens += row.generated();
    }
    return tokens;
  }

  private void fail(RuntimeException e) {
    lock.lock();
    try {
      failure = e;
      inbox.forEach(r -> r.completions().fail(e));
      inbox.clear();
    } finally {
      lock.unlock();
    }
    rows.values().forEach(r -> r.completions().fail(e));
    rows.clear();
    ended();
  }
}
