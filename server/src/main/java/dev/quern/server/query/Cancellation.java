package dev.quern.server.query;

/** Who may ask for the end of the work at hand. */
public interface Cancellation {
  /** Work that can be cancelled from another thread, as long as it is not closed. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** Names how to cancel the work at hand; if the end has been asked for, it is cancelled now. */
  Registration onRequest(Runnable cancel);

  /** Whether the end has been asked for. */
  boolean requested();
}
