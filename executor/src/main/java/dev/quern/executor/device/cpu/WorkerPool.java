package dev.quern.executor.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A persistent pool that runs numbered tasks on one driving thread and {@code threads - 1} workers.
 * Each thread has a share of a run's tasks and takes them one by one; when they are gone it takes
 * of the others'. Which thread runs a task never matters to its result. Workers spin for a moment
 * between runs, since operations follow one another closely, then park.
 */
final class WorkerPool implements AutoCloseable {
  /** A task of a run; {@code worker} in [0, threads) owns that worker's scratch meanwhile. */
  @FunctionalInterface
  interface Task {
    void run(int index, int worker);
  }

  /** Which tasks a thread takes first. */
  enum Shares {
    /** Neighbours, so that a thread streams memory on from task to task. */
    NEIGHBOURS,
    /** Every n-th: where tasks come in descending size, the last ones are small. */
    DEALT
  }

  /** Most tasks of one run. */
  static final int MAX_TASKS = (1 << 20) - 1;

  private static final int BITS = 20;
  private static final int SPINS = 4000;

  /** Words from one share to the next: each has cache lines of its own. */
  private static final int APART = 16;

  private final Worker[] workers;
  // Of each thread: run number | tasks | next unclaimed. One word, so that a worker that wakes late
  // can never claim a task of a run that it did not see.
  private final AtomicLongArray shares;
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile long run;
  private volatile boolean closed;
  private Task task;
  private int tasks;
  private boolean neighbours;

  WorkerPool(int threads) {
    this(threads, _ -> {});
  }

  /**
   * @param started called by each worker with its number before its first task
   */
  WorkerPool(int threads, IntConsumer started) {
    shares = new AtomicLongArray(threads * APART);
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1, started);
      workers[i].start();
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /** {@link #run(int, Shares, Task)}, tasks dealt. */
  void run(int count, Task body) {
    run(count, Shares.DEALT, body);
  }

  /**
   * Runs tasks 0..count and returns when all are done, whatever became of them; then the first
   * exception or error of a task is thrown here.
   */
  void run(int count, Shares order, Task body) {
    task = body;
    if (workers.length == 0 || count <= 1) {
      for (int i = 0; i < count; i++) {
        runTask(i, 0);
      }
    } else {
      share(count, order == Shares.NEIGHBOURS);
    }
    switch (failure.getAndSet(null)) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck")
  private void share(int count, boolean together) {
    if (count > MAX_TASKS || closed) {
      throw new IllegalStateException(closed ? "device is closed" : count + " tasks in a run");
    }
    tasks = count;
    neighbours = together;
    finished.setPlain(0);
    long next = run + 1; // only the driving thread writes it
    for (int t = 0; t < threads(); t++) {
      shares.setRelease(t * APART, (next << (2 * BITS)) | ((long) sizeOf(t) << BITS));
    }
    run = next;
    for (int i = 0; i < Math.min(workers.length, count - 1); i++) {
      workers[i].wake();
    }
    work(0);
    for (int spins = 0; finished.getAcquire() < count; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // where threads outnumber cores, the last task's runs
      }
    }
  }

  /** First task of a thread's share, of neighbours. */
  private int first(int thread) {
    return (int) ((long) tasks * thread / threads());
  }

  private int sizeOf(int thread) {
    return neighbours
        ? first(thread + 1) - first(thread)
        : (tasks + threads() - 1 - thread) / threads();
  }

  private static boolean open(long word) {
    return (word & MAX_TASKS) < ((word >>> BITS) & MAX_TASKS);
  }

  /** Own tasks, then those that others have not begun. */
  private void work(int worker) {
    int done = 0; // told once: every word that threads share costs them a cache miss
    int count = threads();
    for (int i = 0; i < count; i++) {
      int owner = worker + i < count ? worker + i : worker + i - count;
      int at = owner * APART;
      for (long word = shares.get(at); open(word); word = shares.get(at)) {
        if (shares.compareAndSet(at, word, word + 1)) {
          done++;
          int k = (int) (word & MAX_TASKS);
          runTask(neighbours ? first(owner) + k : owner + k * count, worker);
        }
      }
    }
    if (done > 0) {
      finished.getAndAdd(done);
    }
  }

  private void runTask(int index, int worker) {
    try {
      task.run(index, worker);
    } catch (Throwable e) { // a worker that died of one would leave its task undone and untold
      failure.compareAndSet(null, e);
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
      long seen = 0;
      int idle = 0;
      while (!closed) {
        long current = WorkerPool.this.run;
        if (current != seen) {
          seen = current;
          work(number);
          idle = 0;
        } else if (idle++ < SPINS) {
          Thread.onSpinWait();
        } else {
          parked = true;
          if (WorkerPool.this.run == seen && !closed) {
            LockSupport.park(this);
          }
          parked = false;
          idle = 0;
        }
      }
    }
  }
}
