package dev.quern.server.metrics;

import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.Usage;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.LongSupplier;

/** Metrics of requests: names and bucket bounds are vLLM's (vllm/v1/metrics/loggers.py). */
final class RequestMeters {
  private static final double[] FIRST_TOKEN = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640, 2560
  };
  private static final double[] PER_TOKEN = {
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
  };
  private static final double[] WHOLE = {
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
  };
  private static final double[] TOKENS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000
  };

  private final LongSupplier nanos;
  private final Labels labels;
  private final PrometheusRegistry registry;
  private final Gauge open;
  private final Counter success;
  private final Histogram firstToken;
  private final Histogram latency;
  private final Histogram perToken;
  private final Histogram whole;
  private final Histogram queue;
  private final Histogram prefill;
  private final Histogram decode;
  private final Histogram promptTokens;
  private final Histogram generationTokens;

  RequestMeters(PrometheusRegistry registry, Labels labels, LongSupplier nanos) {
    this.registry = registry;
    this.labels = labels;
    this.nanos = nanos;
    open =
        Gauge.builder()
            .name("quern_requests_in_progress")
            .help("Requests for answers that have come and have not been answered in full.")
            .constLabels(labels)
            .labelNames("kind")
            .register(registry);
    success =
        Counter.builder()
            .name("quern_request_success_total")
            .help("Answers that ended, by reason; abort is a client that went away.")
            .constLabels(labels)
            .labelNames("kind", "finished_reason")
            .register(registry);
    firstToken =
        histogram("time_to_first_token_seconds", "Seconds to the first token.", FIRST_TOKEN);
    latency =
        histogram(
            "inter_token_latency_seconds", "Seconds between two pieces of a stream.", PER_TOKEN);
    perToken =
        histogram(
            "time_per_output_token_seconds",
            "Mean seconds of an answer's tokens behind the first.",
            PER_TOKEN);
    whole = histogram("e2e_request_latency_seconds", "Seconds from request to last byte.", WHOLE);
    queue =
        histogram("request_queue_time_seconds", "Seconds until a step computed some of it.", WHOLE);
    prefill =
        histogram("request_prefill_time_seconds", "Seconds from there to the first token.", WHOLE);
    decode =
        histogram(
            "request_decode_time_seconds", "Seconds from the first token to the last.", WHOLE);
    promptTokens = histogram("request_prompt_tokens", "Tokens of prompts.", TOKENS);
    generationTokens = histogram("request_generation_tokens", "Tokens of answers.", TOKENS);
    for (RequestKind kind : RequestKind.values()) {
      open.initLabelValues(kind.label());
      for (FinishReason reason : FinishReason.values()) {
        success.initLabelValues(kind.label(), label(reason));
      }
    }
  }

  private Histogram histogram(String name, String help, double[] bounds) {
    return Histogram.builder()
        .name("quern_" + name)
        .help(help)
        .constLabels(labels)
        .labelNames("kind")
        .classicOnly()
        .classicUpperBounds(bounds)
        .withoutExemplars()
        .register(registry);
  }

  long now() {
    return nanos.getAsLong();
  }

  void started(RequestKind kind) {
    open.labelValues(kind.label()).inc();
  }

  void firstToken(RequestKind kind, double seconds) {
    firstToken.labelValues(kind.label()).observe(seconds);
  }

  void latency(RequestKind kind, double seconds) {
    latency.labelValues(kind.label()).observe(seconds);
  }

  void ended(RequestKind kind, FinishReason reason, Usage usage) {
    String label = kind.label();
    success.labelValues(label, label(reason)).inc();
    if (reason == FinishReason.ERROR) {
      return;
    }
    promptTokens.labelValues(label).observe(usage.promptTokens());
    generationTokens.labelValues(label).observe(usage.completionTokens());
    Usage.Timing timing = usage.timing();
    if (timing.equals(Usage.Timing.NONE)) {
      return;
    }
    queue.labelValues(label).observe(timing.queue());
    if (usage.completionTokens() > 0) {
      prefill.labelValues(label).observe(timing.prefill());
      decode.labelValues(label).observe(timing.decode());
    }
    if (usage.completionTokens() > 1) {
      perToken.labelValues(label).observe(timing.decode() / (usage.completionTokens() - 1));
    }
  }

  void closed(RequestKind kind) {
    open.labelValues(kind.label()).dec();
  }

  void whole(RequestKind kind, double seconds) {
    whole.labelValues(kind.label()).observe(seconds);
  }

  void aborted(RequestKind kind) {
    success.labelValues(kind.label(), label(FinishReason.CANCELLED)).inc();
  }

  private static String label(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case ERROR -> "error";
      case CANCELLED -> "abort";
    };
  }
}
