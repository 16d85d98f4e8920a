package dev.quern.server.metrics;

import java.util.Locale;

/** Counts the jobs of one kind and their rows. Safe for use by many threads. */
public interface Jobs {
  /** Counts nothing. */
  Jobs NONE =
      new Jobs() {
        @Override
        public void started() {}

        @Override
        public void ended(State state) {}

        @Override
        public void rows(RowState state, long count) {}
      };

  /** What jobs come by. */
  enum Kind {
    /** A query of the web console. */
    CONSOLE,
    /** A query over Flight SQL. */
    FLIGHT,
    /** A batch of OpenAI's Batch API. */
    BATCH;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a job has ended. */
  enum State {
    COMPLETED,
    FAILED,
    CANCELLED,
    /** The next start of the server goes on with it. */
    SUSPENDED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What has become of rows. */
  enum RowState {
    COMPLETED,
    FAILED,
    CANCELLED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A job has started: exactly one {@link #ended} follows. */
  void started();

  void ended(State state);

  /** So many rows more have come to this state. */
  void rows(RowState state, long count);
}
