package dev.quern.server.query;

/** Calls an action once a second, on a thread of its own, until it is closed. */
final class Ticker implements AutoCloseable {
  private static final long MILLIS = 1000;

  private final Thread thread;

  Ticker(Runnable action) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("quern-progress")
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(MILLIS);
                  action.run();
                }
              } catch (InterruptedException e) {
                // Closed.
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
