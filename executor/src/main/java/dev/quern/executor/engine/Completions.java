package dev.quern.executor.engine;

/**
 * The events of one batch, pulled. A consumer that does not pull stops the batch from starting more
 * rows once the buffer is full (back-pressure). Closing cancels what has not ended.
 */
public interface Completions extends AutoCloseable {
  /**
   * Waits for the next event.
   *
   * @return the event, or null when every row is done
   * @throws InterruptedException when the waiting thread is interrupted; the batch goes on
   * @throws EngineException when the engine itself failed (a row's own failure is its Done)
   */
  Event next() throws InterruptedException;

  /**
   * Gives up the rows that have not ended, but not what has come of them: {@link #next} gives the
   * events of rows that had ended, then a Done of each of the others, and null.
   */
  default void stop() {
    close();
  }

  @Override
  void close();
}
