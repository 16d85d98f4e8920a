package dev.quern.executor.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A persistent pool that runs numbered tasks: one driving thread and {@code threads - 1} workers
 * claim numbers until none is left. Which thread runs a task never matters to its result. Workers
 * spin for a moment between runs, since operations follow one another closely, then park.
 */
final class WorkerPool implements AutoCloseable {
  /** A task of a run; {@code worker} in [0, threads) owns that worker's scratch meanwhile. */
  @FunctionalInterface
  interface Task {
    void run(int index, int worker);
  }

  /** Most tasks of one run. */
  static final int MAX_TASKS = (1 << 20) - 1;

  private static final int BITS = 20;
  private static final int SPINS = 4000;

  private final Worker[] workers;
  // run number | number of tasks | next unclaimed: one word, so that a worker that wakes late can
  // never claim a task of a run that it did not see.
  private final AtomicLong state = new AtomicLong();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;
  private Task task;
  private long run;

  WorkerPool(int threads) {
    this(threads, _ -> {});
  }

  /**
   * @param started called by each worker with its number before its first task
   */
  WorkerPool(int threads, IntConsumer started) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1, started);
      workers[i].start();
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /**
   * Runs tasks 0..tasks and returns when all are done, whatever became of them; then the first
   * exception or error of a task is thrown here.
   */
  void run(int tasks, Task body) {
    task = body;
    if (workers.length == 0 || tasks <= 1) {
      for (int i = 0; i < tasks; i++) {
        runTask(i, 0);
      }
    } else {
      share(tasks);
    }
    switch (failure.getAndSet(null)) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // where threads outnumber cores, the last task's runs
  private void share(int tasks) {
    if (tasks > MAX_TASKS || closed) {
      throw new IllegalStateException(closed ? "device is closed" : tasks + " tasks in a run");
    }
    finished.setPlain(0);
    run++;
    state.set((run << (2 * BITS)) | ((long) tasks << BITS));
    for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
      workers[i].wake();
    }
    work(0);
    for (int spins = 0; finished.getAcquire() < tasks; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private void runTask(int index, int worker) {
    try {
      task.run(index, worker);
    } catch (Throwable e) { // a worker that died of one would leave its task undone and untold
      failure.compareAndSet(null, e);
    }
  }

  private static boolean open(long word) {
    return (word & MAX_TASKS) < ((word >>> BITS) & MAX_TASKS);
  }

  private void work(int worker) {
    int done = 0; // told once: every word that threads share costs them a cache miss
    for (long word = state.get(); open(word); word = state.get()) {
      if (state.compareAndSet(word, word + 1)) {
        done++;
        runTask((int) (word & MAX_TASKS), worker);
      }
    }
    if (done > 0) {
      finished.getAndAdd(done);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private final IntConsumer started;
    private volatile boolean parked;

    Worker(int number, IntConsumer started) {
      super("quern-cpu-" + number);
      this.number = number;
      this.started = started;
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      started.accept(number);
      int idle = 0;
      while (!closed) {
        if (open(state.get())) {
          work(number);
          idle = 0;
        } else if (idle++ < SPINS) {
          Thread.onSpinWait();
        } else {
          parked = true;
          if (!open(state.get()) && !closed) {
            LockSupport.park(this);
          }
          parked = false;
          idle = 0;
        }
      }
    }
  }
}
