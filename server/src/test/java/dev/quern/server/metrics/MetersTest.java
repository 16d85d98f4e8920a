package dev.quern.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.StepHistogram;
import dev.quern.executor.engine.Usage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What is scraped. */
final class MetersTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final AtomicLong nanos = new AtomicLong();

  private Meters meters(EngineStatistics statistics) {
    return new Meters("m \"1\"", () -> statistics, nanos::get);
  }

  private void pass(double seconds) {
    nanos.addAndGet((long) (seconds * 1e9));
  }

  private static Scrape scrape(Meters meters) throws Exception {
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, meters)) {
      return Scrape.of(endpoint.address());
    }
  }

  @Test
  void requestsAreCountedAndTimed() throws Exception {
    Meters meters = meters(EngineStatistics.NONE);
    try (MeteredRequest streamed = meters.request(RequestKind.CHAT)) {
      pass(0.07);
      streamed.tokens();
      pass(0.2);
      streamed.tokens();
      pass(0.1);
      streamed.done(FinishReason.LENGTH, new Usage(10, 4, 0, 6, new Usage.Timing(0.4, 0.02, 0.25)));
      assertEquals(1, scrape(meters).value("quern_requests_in_progress", "kind=\"chat\""));
    }
    try (MeteredRequest whole = meters.request(RequestKind.CHAT)) {
      pass(3);
      whole.done(FinishReason.STOP, new Usage(10, 4, 0, 1, new Usage.Timing(1, 1.5, 0)));
    }
    try (MeteredRequest refused = meters.request(RequestKind.CHAT)) {
      refused.done(FinishReason.ERROR, Usage.NONE);
    }
    meters.request(RequestKind.BATCH).close();
    Scrape s = scrape(meters);
    assertEquals(0, s.value("quern_requests_in_progress", "kind=\"chat\""));
    for (String reason : List.of("length", "stop", "error")) {
      String labels = "finished_reason=\"" + reason + "\",kind=\"chat\"";
      assertEquals(1, s.value("quern_request_success_total", labels), reason);
    }
    assertEquals(
        1, s.value("quern_request_success_total", "finished_reason=\"abort\",kind=\"batch\""));
    assertEquals(
        0, s.value("quern_request_success_total", "finished_reason=\"abort\",kind=\"chat\""));
    histogram(s, "time_to_first_token_seconds", 2, 0.07 + 2.5);
    histogram(s, "inter_token_latency_seconds", 1, 0.2);
    histogram(s, "time_per_output_token_seconds", 1, 0.05);
    histogram(s, "e2e_request_latency_seconds", 2, 0.37 + 3);
    histogram(s, "request_queue_time_seconds", 2, 1.4);
    histogram(s, "request_prefill_time_seconds", 2, 1.52);
    histogram(s, "request_decode_time_seconds", 2, 0.25);
    histogram(s, "request_prompt_tokens", 2, 20);
    histogram(s, "request_generation_tokens", 2, 7);
    assertEquals(
        1, s.value("quern_time_to_first_token_seconds_bucket", "kind=\"chat\",le=\"0.08\""));
    assertEquals(
        0, s.value("quern_time_to_first_token_seconds_bucket", "kind=\"chat\",le=\"0.06\""));
  }

  private static void histogram(Scrape s, String name, double count, double sum) {
    assertEquals(count, s.value("quern_" + name + "_count", "kind=\"chat\""), name);
    assertEquals(sum, s.value("quern_" + name + "_sum", "kind=\"chat\""), 1e-6, name);
  }

  @Test
  void theEnginesViewIsScrapedAsItIs() throws Exception {
    var steps = new StepHistogram(new double[] {1, 8}, new long[] {3, 2, 1}, 30);
    Scrape s =
        scrape(
            meters(
                new EngineStatistics(
                    3,
                    4,
                    new EngineStatistics.KvBlocks(20, 5, 8, 7, 2),
                    new EngineStatistics.Tokens(100, 60, 45, 5, 33),
                    6,
                    6,
                    steps,
                    steps,
                    steps)));
    List<String> seen = new ArrayList<>();
    for (String name :
        List.of(
            "num_requests_running",
            "num_requests_waiting",
            "kv_cache_usage_perc",
            "kv_blocks_used",
            "kv_blocks_cached",
            "kv_blocks_free",
            "kv_blocks_swapped",
            "prompt_tokens_total",
            "prefix_cache_queries_total",
            "prefix_cache_hits_total",
            "prompt_tokens_computed_total",
            "prompt_tokens_recomputed_total",
            "generation_tokens_total",
            "num_preemptions_total",
            "iteration_tokens_total_count",
            "iteration_tokens_total_sum",
            "iteration_batch_size_count")) {
      seen.add(Double.toString(s.value("quern_" + name, "")));
    }
    assertEquals(
        "3.0 4.0 0.25 5.0 8.0 7.0 2.0 100.0 100.0 60.0 45.0 5.0 33.0 6.0 6.0 30.0 6.0",
        String.join(" ", seen));
    assertEquals(5, s.value("quern_iteration_seconds_bucket", "le=\"8.0\""));
    assertEquals("counter", s.types().get("quern_num_preemptions_total"));
  }

  @Test
  void jobsAndAnswersAreCounted() throws Exception {
    Meters meters = meters(EngineStatistics.NONE);
    Jobs jobs = meters.jobs(Jobs.Kind.BATCH);
    jobs.started();
    jobs.started();
    jobs.rows(Jobs.RowState.FAILED, 10);
    jobs.rows(Jobs.RowState.COMPLETED, 7);
    jobs.ended(Jobs.State.FAILED);
    meters.answered("/v1/batches/{id}", 404);
    Scrape s = scrape(meters);
    assertEquals(1, s.value("quern_jobs_running", "kind=\"batch\""));
    assertEquals(1, s.value("quern_jobs_total", "kind=\"batch\",state=\"failed\""));
    assertEquals(7, s.value("quern_job_rows_total", "kind=\"batch\",state=\"completed\""));
    assertEquals(0, s.value("quern_jobs_running", "kind=\"flight\""));
    assertEquals(
        1, s.value("quern_http_requests_total", "endpoint=\"/v1/batches/{id}\",status=\"404\""));
  }

  /** Everything that a server exports, each with at least one sample. */
  private static Meters used() {
    Meters meters = Meters.of(ScriptedEngine.answering(text -> text));
    try (MeteredRequest request = meters.request(RequestKind.CHAT)) {
      request.tokens();
      request.tokens();
      request.done(FinishReason.STOP, new Usage(3, 0, 0, 2, new Usage.Timing(1, 1, 1)));
    }
    meters.answered("/health", 200);
    return meters;
  }

  @Test
  void theDashboardAsksForWhatThereIs() throws Exception {
    Set<String> names = scrape(used()).names();
    Path file = Path.of("grafana/quern.json");
    List<String> expressions = new ObjectMapper().readTree(file.toFile()).findValuesAsText("expr");
    assertTrue(expressions.size() > 30);
    for (String expression : expressions) {
      assertEquals(
          expression.chars().filter(c -> c == '(').count(),
          expression.chars().filter(c -> c == ')').count(),
          expression);
    }
    Set<String> asked =
        Pattern.compile("\\b(?:quern|jvm|process)_[a-z0-9_]+")
            .matcher(Files.readString(file))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(names.containsAll(asked), () -> asked + " are not all among " + names);
    // And nothing that is exported for people to see is forgotten.
    Set<String> forgotten =
        names.stream()
            .filter(n -> n.startsWith("quern_") && !n.endsWith("_sum") && !n.endsWith("_count"))
            .filter(n -> !asked.contains(n))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), forgotten);
  }

  @Test
  void onlyMetricsAreServedAndATakenPortIsSaid() throws Exception {
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, used())) {
      assertTrue(Scrape.of(endpoint.address()).names().contains("jvm_memory_used_bytes"));
      assertFalse(Scrape.get(endpoint.address(), "/etc/passwd").body().contains("root"));
      assertThrows(IOException.class, () -> MetricsEndpoint.start(endpoint.address(), used()));
    }
  }

  /** With {@code QUERN_TEST_PYTHON}, a Python that has prometheus_client. */
  @Test
  void thePythonClientReadsTheSame() throws Exception {
    String python = System.getenv("QUERN_TEST_PYTHON");
    Assumptions.assumeTrue(python != null && !python.isEmpty(), "QUERN_TEST_PYTHON is not set");
    String script =
        """
        import sys, urllib.request
        from prometheus_client.parser import text_string_to_metric_families as parse
        text = urllib.request.urlopen(sys.argv[1]).read().decode()
        for family in parse(text):
            for sample in family.samples:
                if sample.name.startswith('quern_'):
                    print(sample.name, sample.value)
        """;
    assertEquals(
        0,
        new ProcessBuilder(python, "-c", "import prometheus_client").start().waitFor(),
        python + " has no prometheus_client: pip install prometheus-client");
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, used())) {
      Path file = Files.createTempFile("scrape", ".py");
      try {
        Files.writeString(file, script);
        String url =
            "http://"
                + endpoint.address().getAddress().getHostAddress()
                + ":"
                + endpoint.address().getPort()
                + "/metrics";
        Process process =
            new ProcessBuilder(python, file.toString(), url).redirectErrorStream(true).start();
        List<String> read = process.inputReader().lines().sorted().toList();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), () -> String.join("\n", read));
        List<String> expected =
            Scrape.of(endpoint.address()).samples().entrySet().stream()
                .filter(e -> e.getKey().startsWith("quern_"))
                .map(e -> e.getKey().replaceFirst("\\{.*", "") + " " + e.getValue())
                .sorted()
                .toList();
        assertEquals(
            expected,
            read.stream()
                .map(l -> l.split(" ", 2))
                .map(l -> l[0] + " " + Double.parseDouble(l[1]))
                .sorted()
                .toList());
      } finally {
        Files.delete(file);
      }
    }
  }
}
