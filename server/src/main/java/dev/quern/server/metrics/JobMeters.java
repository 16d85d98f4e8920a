package dev.quern.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;

/** Metrics of jobs and their rows. */
final class JobMeters {
  private final Gauge running;
  private final Counter ended;
  private final Counter rows;

  JobMeters(PrometheusRegistry registry, Labels labels) {
    running =
        Gauge.builder()
            .name("quern_jobs_running")
            .help("Jobs that have started and not ended.")
            .constLabels(labels)
            .labelNames("kind")
            .register(registry);
    ended =
        Counter.builder()
            .name("quern_jobs_total")
            .help("Jobs that have ended, by how.")
            .constLabels(labels)
            .labelNames("kind", "state")
            .register(registry);
    rows =
        Counter.builder()
            .name("quern_job_rows_total")
            .help("Rows of jobs that have ended, by how.")
            .constLabels(labels)
            .labelNames("kind", "state")
            .register(registry);
    for (Jobs.Kind kind : Jobs.Kind.values()) {
      running.initLabelValues(kind.label());
      for (Jobs.State state : Jobs.State.values()) {
        ended.initLabelValues(kind.label(), state.label());
      }
      for (Jobs.RowState state : Jobs.RowState.values()) {
        rows.initLabelValues(kind.label(), state.label());
      }
    }
  }

  Jobs of(Jobs.Kind kind) {
    String label = kind.label();
    return new Jobs() {
      @Override
      public void started() {
        running.labelValues(label).inc();
      }

      @Override
      public void ended(State state) {
        running.labelValues(label).dec();
        ended.labelValues(label, state.label()).inc();
      }

      @Override
      public void rows(RowState state, long count) {
        rows.labelValues(label, state.label()).inc(count);
      }
    };
  }
}
