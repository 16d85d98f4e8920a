package dev.quern.server.metrics;

import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.StepHistogram;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Metrics of the engine: all of a scrape are of one moment. */
final class EngineCollector implements MultiCollector {
  private final Supplier<EngineStatistics> engine;
  private final Labels labels;

  EngineCollector(Supplier<EngineStatistics> engine, Labels labels) {
    this.engine = engine;
    this.labels = labels;
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(metrics(engine.get()));
  }

  private List<MetricSnapshot> metrics(EngineStatistics s) {
    EngineStatistics.KvBlocks kv = s.kvBlocks();
    EngineStatistics.Tokens tokens = s.tokens();
    return List.of(
        gauge("num_requests_running", "Rows that hold a place in the KV cache.", s.running()),
        gauge("num_requests_waiting", "Rows that wait for one.", s.waiting()),
        gauge(
            "kv_cache_usage_perc",
            "KV blocks held by running rows, 1 is all.",
            kv.total() == 0 ? 0 : kv.used() / (double) kv.total()),
        gauge("kv_blocks_used", "KV blocks held by running rows.", kv.used()),
        gauge("kv_blocks_cached", "KV blocks kept for prompts that begin alike.", kv.cached()),
        gauge("kv_blocks_free", "KV blocks that are empty.", kv.free()),
        gauge("kv_blocks_swapped", "Evicted KV blocks kept in the swap space.", kv.swapped()),
        counter("prompt_tokens", "Prompt tokens of rows that started.", tokens.queried()),
        counter(
            "prompt_tokens_computed", "Prompt tokens computed: all but cached.", tokens.computed()),
        counter(
            "prompt_tokens_recomputed",
            "Prompt tokens computed that had been before.",
            tokens.recomputed()),
        counter("generation_tokens", "Tokens generated.", tokens.generated()),
        counter(
            "prefix_cache_queries",
            "Prompt tokens looked up in the prefix cache.",
            tokens.queried()),
        counter("prefix_cache_hits", "Prompt tokens found there.", tokens.hit()),
        counter("num_preemptions", "Running rows that gave their place up.", s.preemptions()),
        histogram("iteration_tokens_total", "Tokens computed in a step.", s.stepTokens()),
        histogram("iteration_batch_size", "Rows of a step.", s.stepRows()),
        histogram("iteration_seconds", "Seconds of a step.", s.stepSeconds()));
  }

  private MetricSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name("quern_" + name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build())
        .build();
  }

  private MetricSnapshot counter(String name, String help, long value) {
    return CounterSnapshot.builder()
        .name("quern_" + name)
        .help(help)
        .dataPoint(CounterDataPointSnapshot.builder().labels(labels).value((double) value).build())
        .build();
  }

  private MetricSnapshot histogram(String name, String help, StepHistogram steps) {
    double[] bounds = Arrays.copyOf(steps.bounds(), steps.bounds().length + 1);
    bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
    return HistogramSnapshot.builder()
        .name("quern_" + name)
        .help(help)
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, steps.counts()))
                .sum(steps.sum())
                .build())
        .build();
  }
}
