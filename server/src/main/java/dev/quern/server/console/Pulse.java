package dev.quern.server.console;

import java.io.IOException;

/** Calls an action again and again, in a thread of its own, until it is closed. */
final class Pulse implements AutoCloseable {
  /** What is called; an exception ends the calls. */
  interface Beat {
    void beat() throws IOException, InterruptedException;
  }

  private final Thread thread;

  Pulse(long millis, Beat action) {
    thread =
        Thread.ofVirtual()
            .name("quern-console")
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(millis);
                  action.beat();
                }
              } catch (IOException | InterruptedException e) {
                // Closed, or the client has gone, which the thread that reads rows meets as well.
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
