package dev.quern.executor.bench;

import dev.quern.executor.engine.ProcessMemory;

/** Watches the anonymous resident memory of this process until it is closed. */
final class PeakMemory implements AutoCloseable {
  private static final long MILLIS = 200;

  private final Thread thread;
  private volatile long peak;

  PeakMemory() {
    thread = Thread.ofPlatform().daemon().name("quern-memory").start(this::watch);
  }

  private void watch() {
    try {
      while (true) {
        sample();
        Thread.sleep(MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private synchronized void sample() {
    peak = Math.max(peak, ProcessMemory.anonymousBytes());
  }

  /** The most so far. */
  long bytes() {
    sample();
    return peak;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
