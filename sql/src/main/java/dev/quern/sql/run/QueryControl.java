package dev.quern.sql.run;

import dev.quern.executor.engine.Completions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stops a running query from another thread: on cancel, time-out or a spent budget. What waits for
 * a model is closed at once, so that nobody waits for an answer that no one wants.
 */
public final class QueryControl implements AutoCloseable {
  /** Why a query stopped. */
  public record Stop(State state, String message) {}

  private final AtomicReference<Stop> stop = new AtomicReference<>();
  private final AtomicBoolean flag = new AtomicBoolean();
  private final Set<Completions> waiting = ConcurrentHashMap.newKeySet();
  private final Queue<Thread> watches = new ConcurrentLinkedQueue<>();

  /** Stops the query as cancelled by its user. */
  public void cancel() {
    stop(State.CANCELLED, "the query was cancelled");
  }

  /** Stops the query; the first reason counts. */
  public void stop(State state, String message) {
    if (stop.compareAndSet(null, new Stop(state, message))) {
      flag.set(true);
      waiting.forEach(this::giveUp);
    }
  }

  /** Stops the query as one that took too long when the time is over. */
  public void timeOutAfter(Duration time, String message) {
    stopAfter(time, State.TIMED_OUT, message);
  }

  /** Stops the query when the time is over, unless it has ended before. */
  public void stopAfter(Duration time, State state, String message) {
    watches.add(
        Thread.ofVirtual()
            .name("quern-timeout")
            .start(() -> {
              try {
                Thread.sleep(time);
                stop(state, message);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  /**
   * @throws QueryException when the query was stopped
   */
  public void check() {
    Stop reason = stop.get();
    if (reason != null) {
      throw new QueryException(reason.state(), reason.message());
    }
  }

  /**
   * {@link #check()}, except that rows finished before a budget was spent may still be used.
   *
   * @throws QueryException when the query was stopped for another reason
   */
  public void checkCancelled() {
    if (!outOfBudget()) {
      check();
    }
  }

  /** Whether the query was stopped, whatever for. */
  public boolean isStopped() {
    return flag.get();
  }

  /** Whether a budget stopped the query. */
  boolean outOfBudget() {
    Stop reason = stop.get();
    return reason != null && reason.state() == State.BUDGET;
  }

  /** Calcite's view of {@link #check()}. */
  AtomicBoolean flag() {
    return flag;
  }

  /** Answers to give up when the query is stopped. */
  void register(Completions completions) {
    waiting.add(completions);
    if (flag.get()) {
      giveUp(completions);
    }
  }

  /** What is finished when a budget ends is still wanted. */
  private void giveUp(Completions completions) {
    if (outOfBudget()) {
      completions.stop();
    } else {
      completions.close();
    }
  }

  void unregister(Completions completions) {
    waiting.remove(completions);
  }

  @Override
  public void close() {
    watches.forEach(Thread::interrupt);
  }
}
