package dev.quern.server.flight;

import java.util.function.BooleanSupplier;

/** Ends waits of the thread that makes it, by an interrupt, once they are over; until closed. */
final class WaitLimit implements AutoCloseable {
  private static final int POLL_MILLIS = 50;

  private final Thread waiting = Thread.currentThread();
  private final BooleanSupplier over;
  private boolean closed;
  private boolean interrupted;

  private WaitLimit(BooleanSupplier over) {
    this.over = over;
  }

  /**
   * @param over asked often, in another thread
   */
  static WaitLimit until(BooleanSupplier over) {
    var limit = new WaitLimit(over);
    Thread.ofVirtual().name("quern-flight-wait").start(limit::watch);
    return limit;
  }

  private void watch() {
    while (!over.getAsBoolean() && !isClosed()) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        break;
      }
    }
    interrupt();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void interrupt() {
    if (!closed) {
      interrupted = true;
      waiting.interrupt();
    }
  }

  /** Whether waits were ended. */
  synchronized boolean ended() {
    return interrupted;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (interrupted) {
      // The interrupt was meant for the waits alone.
      Thread.interrupted();
    }
  }
}
