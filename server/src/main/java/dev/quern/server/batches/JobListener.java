package dev.quern.server.batches;

import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.Usage;

/** Told what becomes of batches, for metrics. Called by the threads of the jobs: must not block. */
public interface JobListener {
  JobListener NONE = new JobListener() {};

  /** A batch begins to run, or goes on after a restart. */
  default void started() {}

  /** A batch that had started has ended. */
  default void ended(BatchStatus status) {}

  /** A batch that had started is handed back: the next start of the server goes on with it. */
  default void handedBack() {}

  /** A line of a batch goes to the engine. */
  default Line line() {
    return Line.NONE;
  }

  /** Told, by the thread of the job, what becomes of a line in the engine. */
  interface Line extends AutoCloseable {
    Line NONE =
        new Line() {
          @Override
          public void done(FinishReason reason, Usage usage) {}

          @Override
          public void close() {}
        };

    /** One of its answers is complete, has failed or was given up. */
    void done(FinishReason reason, Usage usage);

    /** Nothing more comes of it: it has been answered, or its batch has ended or failed. */
    @Override
    void close();
  }

  /** So many more lines have an answer on disk. */
  default void rows(int completed, int failed) {}
}
