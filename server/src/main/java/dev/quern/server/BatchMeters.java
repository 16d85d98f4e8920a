package dev.quern.server;

import dev.quern.server.batches.BatchStatus;
import dev.quern.server.batches.JobListener;
import dev.quern.server.metrics.Jobs;

/** Counts batches as jobs. */
record BatchMeters(Jobs jobs) implements JobListener {
  @Override
  public void started() {
    jobs.started();
  }

  @Override
  public void ended(BatchStatus status) {
    jobs.ended(
        switch (status) {
          case COMPLETED -> Jobs.State.COMPLETED;
          case CANCELLED -> Jobs.State.CANCELLED;
          case FAILED, EXPIRED -> Jobs.State.FAILED;
          case VALIDATING, IN_PROGRESS, CANCELLING, FINALIZING ->
              throw new IllegalArgumentException("a batch that is " + status + " has not ended");
        });
  }

  @Override
  public void handedBack() {
    jobs.ended(Jobs.State.SUSPENDED);
  }

  @Override
  public void rows(int completed, int failed) {
    jobs.rows(Jobs.RowState.COMPLETED, completed);
    jobs.rows(Jobs.RowState.FAILED, failed);
  }
}
