package dev.quern.server.query;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM. The JVM answers both by running shutdown hooks and exiting with 130 or 143;
 * the hook cancels the work at hand and gives it a moment to tidy up and to say what happened.
 */
public final class Interruption implements Cancellation, AutoCloseable {
  private static final Duration USUAL_TIDY_UP = Duration.ofSeconds(10);

  private final CountDownLatch tidy = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "quern-interruption");
  private Runnable cancel = () -> {};
  private boolean requested;
  private Duration tidyUp = USUAL_TIDY_UP;

  /** Listens from now on until closed. */
  public static Interruption listen() {
    var interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private Interruption() {}

  @Override
  public Registration onRequest(Runnable cancelWork) {
    synchronized (this) {
      cancel = cancelWork;
      if (!requested) {
        return this::forget;
      }
    }
    cancelWork.run();
    return () -> {};
  }

  private synchronized void forget() {
    cancel = () -> {};
  }

  @Override
  public synchronized void allow(Duration time) {
    tidyUp = time;
  }

  @Override
  public synchronized boolean requested() {
    return requested;
  }

  private void interrupt() {
    Runnable work;
    Duration patience;
    synchronized (this) {
      requested = true;
      work = cancel;
      patience = tidyUp;
    }
    work.run();
    try {
      boolean _ = tidy.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended and everything is as it should be: the process may go. */
  @Override
  public void close() {
    tidy.countDown();
  }
}
