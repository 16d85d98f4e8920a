package dev.quern.server.query;

import java.io.IOException;

/** Calls an action again and again, on a thread of its own, until it is closed. */
public final class Ticker implements AutoCloseable {
  /** What is called; an exception ends the calls. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException, InterruptedException;
  }

  private final Thread thread;

  /**
   * @param millis between two calls, and before the first
   */
  public Ticker(String name, long millis, Action action) {
    thread =
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(millis);
                  action.run();
                }
              } catch (IOException | InterruptedException e) {
                // Closed, or whom it tells has gone, which the one that tells the rest meets as
                // well.
                Thread.currentThread().interrupt();
              }
            });
  }

  /** No call of the action is under way or comes after this. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
