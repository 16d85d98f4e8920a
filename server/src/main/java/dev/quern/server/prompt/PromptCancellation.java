package dev.quern.server.prompt;

import dev.quern.server.query.Cancellation;

/** Ctrl-C at the prompt: ends the statement that runs, not the program. */
final class PromptCancellation implements Cancellation {
  private Runnable cancel = () -> {};
  private boolean requested;

  /** The user pressed Ctrl-C. */
  void request() {
    Runnable work;
    synchronized (this) {
      requested = true;
      work = cancel;
    }
    work.run();
  }

  /** Before a statement: what was asked for earlier is done. */
  synchronized void reset() {
    requested = false;
  }

  @Override
  public synchronized Registration onRequest(Runnable work) {
    cancel = work;
    return this::forget;
  }

  private synchronized void forget() {
    cancel = () -> {};
  }

  @Override
  public synchronized boolean requested() {
    return requested;
  }
}
