package dev.quern.server.query;

import java.time.Duration;

/** Who may ask for the end of the work at hand. */
public interface Cancellation {
  /** Work that can be cancelled from another thread, as long as it is not closed. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** Names how to cancel the work at hand; if the end has been asked for, it is cancelled now. */
  Registration onRequest(Runnable cancel);

  /** The work at hand needs so long to end well: the process waits for it before it goes. */
  default void allow(Duration tidyUp) {}

  /** Whether the end has been asked for. */
  boolean requested();
}
