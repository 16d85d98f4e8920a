package dev.quern.server;

import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.Usage;
import dev.quern.server.batches.BatchStatus;
import dev.quern.server.batches.JobListener;
import dev.quern.server.metrics.Jobs;
import dev.quern.server.metrics.MeteredRequest;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.RequestKind;

/**
 * Counts batches as jobs and their lines as requests.
 *
 * @param jobs of kind BATCH of {@code meters}
 */
record BatchMeters(Meters meters, Jobs jobs) implements JobListener {
  static BatchMeters of(Meters meters) {
    return new BatchMeters(meters, meters.jobs(Jobs.Kind.BATCH));
  }

  private record MeteredLine(MeteredRequest request) implements Line {
    @Override
    public void done(FinishReason reason, Usage usage) {
      request.done(reason, usage);
    }

    @Override
    public void close() {
      request.close();
    }
  }

  @Override
  public Line line() {
    return new MeteredLine(meters.request(RequestKind.BATCH));
  }

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
