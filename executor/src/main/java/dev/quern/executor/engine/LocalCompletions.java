package dev.quern.executor.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Events of one batch on their way from the engine's thread to the consumer's. */
final class LocalCompletions implements Completions {
  /** Events that may wait for the consumer before the batch starts no more rows. */
  private static final int BUFFERED_EVENTS = 4096;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Event> events = new ArrayDeque<>();
  private final EngineLoop engine;
  private int unfinished;
  private boolean closed;
  private boolean stopped;
  private RuntimeException failure;

  /**
   * @param rows number of rows that will report a Done
   * @param engine told when the consumer made room or closed
   */
  LocalCompletions(int rows, EngineLoop engine) {
    this.unfinished = rows;
    this.engine = engine;
  }

  @Override
  public Event next() throws InterruptedException {
    Event event;
    boolean madeRoom;
    lock.lockInterruptibly();
    try {
      while (events.isEmpty()) {
        if (failure != null) {
          throw new EngineException(failure.getMessage(), failure);
        }
        if (unfinished == 0 || closed) {
          return null;
        }
        changed.await();
      }
      madeRoom = events.size() == BUFFERED_EVENTS;
      event = events.remove();
    } finally {
      lock.unlock();
    }
    if (madeRoom) {
      engine.wake();
    }
    return event;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      events.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    engine.closed(this);
  }

  @Override
  public void stop() {
    lock.lock();
    try {
      if (closed || stopped) {
        return;
      }
      stopped = true;
    } finally {
      lock.unlock();
    }
    engine.closed(this);
  }

  /** Whether more rows may start. */
  boolean accepting() {
    lock.lock();
    try {
      return !closed && !stopped && events.size() < BUFFERED_EVENTS;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all rows have reported a Done. */
  boolean finished() {
    lock.lock();
    try {
      return unfinished == 0;
    } finally {
      lock.unlock();
    }
  }

  void emit(Event event) {
    lock.lock();
    try {
      if (event instanceof Event.Done) {
        unfinished--;
      }
      if (!closed) {
        events.add(event);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void fail(RuntimeException cause) {
    lock.lock();
    try {
      failure = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
