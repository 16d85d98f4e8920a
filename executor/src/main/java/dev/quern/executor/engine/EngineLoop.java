package dev.quern.executor.engine;

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
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The engine's thread: takes rows in, runs a step, hands tokens out, until told to stop. Everything
 * but the inbox belongs to that thread.
 */
final class EngineLoop implements Runnable {
  private final ModelRunner runner;
  private final PromptReader prompts;
  private final Draws draws;
  private final Scheduler scheduler;
  private final int blockSize;
  private final LongSupplier nanos;
  private final Map<Sequence, RunningRow> rows = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<RunningRow> inbox = new ArrayList<>();
  private final Set<LocalCompletions> closed = new HashSet<>();
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
      int blockSize,
      LongSupplier nanos) {
    prompts = new PromptReader(runner, reader, logitRows);
    draws = new Draws(runner, reader);
    this.nanos = nanos;
    this.runner = runner;
    this.scheduler = scheduler;
    this.blockSize = blockSize;
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
    List<RunningRow> taken;
    Set<LocalCompletions> given;
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
      taken = List.copyOf(inbox);
      inbox.clear();
      given = Set.copyOf(closed);
      closed.clear();
    } finally {
      lock.unlock();
    }
    for (RunningRow row : taken) {
      rows.put(row.sequence(), row);
      scheduler.add(row.sequence());
    }
    if (!given.isEmpty()) {
      drop(given);
    }
    return true;
  }

  private void drop(Set<LocalCompletions> given) {
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
    StepInput input = step.input(blockSize);
    runner.forward(input);
    scheduler.completed(step);
    prompts.read(step, input, rows);
    List<RunningRow> drawing =
        step.chunks().stream()
            .filter(Chunk::wantsLogits)
            .map(chunk -> rows.get(chunk.sequence()))
            .toList();
    if (!drawing.isEmpty()) {
      draws.draw(drawing);
    }
    scheduler.took(step, (nanos.getAsLong() - start) / 1e6);
    for (Chunk chunk : step.chunks()) {
      if (chunk.sequence().ended()) {
        rows.remove(chunk.sequence());
        scheduler.drop(chunk.sequence());
      }
    }
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
  }
}
