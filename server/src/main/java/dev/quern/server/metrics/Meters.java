package dev.quern.server.metrics;

import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.http.AnswerListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All metrics of one server: its engine's, its requests', its jobs', and the JVM's. Safe for use by
 * many threads. Labels have few values, which are all known beforehand: never an id, a key, a user
 * or a path as it was asked for.
 */
public final class Meters implements AnswerListener {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final RequestMeters requests;
  private final JobMeters jobs;
  private final Counter http;

  /**
   * @param modelName label {@code model_name} of all metrics but the JVM's
   * @param engine asked at each scrape
   * @param nanos clock that requests are timed by
   */
  Meters(String modelName, Supplier<EngineStatistics> engine, LongSupplier nanos) {
    Labels labels = Labels.of("model_name", modelName);
    registry.register(new EngineCollector(engine, labels));
    requests = new RequestMeters(registry, labels, nanos);
    jobs = new JobMeters(registry, labels);
    http =
        Counter.builder()
            .name("quern_http_requests_total")
            .help("HTTP requests that were answered, by route and status.")
            .constLabels(labels)
            .labelNames("endpoint", "status")
            .register(registry);
  }

  /** Of a server around this engine, with the JVM's memory, collector and process. */
  public static Meters of(GenerateEngine engine) {
    var meters = new Meters(engine.model().name(), engine::statistics, System::nanoTime);
    JvmMemoryMetrics.builder().register(meters.registry);
    JvmBufferPoolMetrics.builder().register(meters.registry);
    JvmGarbageCollectorMetrics.builder().register(meters.registry);
    JvmRuntimeInfoMetric.builder().register(meters.registry);
    ProcessMetrics.builder().register(meters.registry);
    return meters;
  }

  /** A request for answers begins; it ends when what is returned is closed. */
  public MeteredRequest request(RequestKind kind) {
    return new MeteredRequest(requests, kind);
  }

  /** Counts jobs of this kind. */
  public Jobs jobs(Jobs.Kind kind) {
    return jobs.of(kind);
  }

  @Override
  public void answered(String route, int status) {
    http.labelValues(route, Integer.toString(status)).inc();
  }

  PrometheusRegistry registry() {
    return registry;
  }
}
