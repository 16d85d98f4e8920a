package dev.quern.server.batches;

/** Told what becomes of batches, for metrics. Called by the threads of the jobs: must not block. */
public interface JobListener {
  JobListener NONE = new JobListener() {};

  /** A batch begins to run, or goes on after a restart. */
  default void started() {}

  /** A batch that had started has ended. */
  default void ended(BatchStatus status) {}

  /** A batch that had started is handed back: the next start of the server goes on with it. */
  default void handedBack() {}

  /** So many more lines have an answer on disk. */
  default void rows(int completed, int failed) {}
}
