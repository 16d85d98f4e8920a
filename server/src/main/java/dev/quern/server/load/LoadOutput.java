package dev.quern.server.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Locale;

/** Shows figures as they come. */
public sealed interface LoadOutput {
  void figures(LoadFigures figures);

  /** Memory of the server at a moment of a soak. */
  void memory(String moment, ServerMemory memory);

  /** One object a line. */
  record Json(PrintStream out) implements LoadOutput {
    @Override
    public void figures(LoadFigures f) {
      ObjectNode line =
          JsonNodeFactory.instance
              .objectNode()
              .put("clients", f.clients())
              .put("requests", f.answered())
              .put("left", f.left())
              .put("prompt_tokens", f.promptTokens())
              .put("cached_tokens", f.cachedTokens())
              .put("generated_tokens", f.generatedTokens())
              .put("seconds", f.seconds());
      percentiles(line, "time_to_first_token_ms", f.timeToFirstToken());
      percentiles(line, "time_per_output_token_ms", f.timePerOutputToken());
      percentiles(line, "end_to_end_ms", f.endToEnd());
      line.put("output_tokens_per_second", f.outputTokensPerSecond())
          .put("requests_per_second", f.requestsPerSecond());
      ObjectNode errors = line.putObject("errors");
      f.errors().forEach(errors::put);
      print(line);
    }

    private static void percentiles(
        ObjectNode line, String name, LoadFigures.Percentiles percentiles) {
      ObjectNode node = line.putObject(name);
      number(node, "p50", percentiles.p50());
      number(node, "p95", percentiles.p95());
    }

    /** JSON has no NaN. */
    private static void number(ObjectNode node, String name, double value) {
      if (Double.isNaN(value)) {
        node.putNull(name);
      } else {
        node.put(name, value);
      }
    }

    @Override
    public void memory(String moment, ServerMemory memory) {
      print(
          JsonNodeFactory.instance
              .objectNode()
              .put("moment", moment)
              .put("heap_after_gc_bytes", memory.heapAfterGc())
              .put("anonymous_bytes", memory.anonymous())
              .put("direct_buffer_bytes", memory.directBuffers())
              .put("threads", memory.threads()));
    }

    private void print(ObjectNode line) {
      out.println(line);
      out.flush();
    }
  }

  /** For people. */
  final class Table implements LoadOutput {
    private final PrintStream out;
    private boolean headed;

    public Table(PrintStream out) {
      this.out = out;
    }

    @Override
    public void figures(LoadFigures f) {
      if (!headed) {
        headed = true;
        out.printf(
            "%7s %8s %6s %6s %17s %17s %19s %9s %7s%n",
            "",
            "",
            "prompt",
            "cached",
            "first token, ms",
            "each token, ms",
            "end to end, ms",
            "",
            "");
        out.printf(
            "%7s %8s %6s %6s %8s %8s %8s %8s %9s %9s %9s %7s  %s%n",
            "clients",
            "requests",
            "tokens",
            "tokens",
            "p50",
            "p95",
            "p50",
            "p95",
            "p50",
            "p95",
            "tokens/s",
            "req/s",
            "errors");
      }
      out.printf(
          Locale.ROOT,
          "%7d %8d %6.0f %6.0f %8.1f %8.1f %8.1f %8.1f %9.1f %9.1f %9.1f %7.2f  %s%n",
          f.clients(),
          f.answered(),
          f.promptTokens(),
          f.cachedTokens(),
          f.timeToFirstToken().p50(),
          f.timeToFirstToken().p95(),
          f.timePerOutputToken().p50(),
          f.timePerOutputToken().p95(),
          f.endToEnd().p50(),
          f.endToEnd().p95(),
          f.outputTokensPerSecond(),
          f.requestsPerSecond(),
          f.errors().isEmpty() ? "none" : f.errors() + " such as: " + f.example().strip());
      if (f.left() > 0) {
        out.println(f.left() + " requests were left by their clients, as asked");
      }
      out.flush();
    }

    @Override
    public void memory(String moment, ServerMemory memory) {
      out.printf(
          Locale.ROOT,
          "%-12s heap after GC %7.1f MiB, anonymous memory %8.1f MiB, direct buffers %6.1f MiB, %d"
              + " threads%n",
          moment,
          memory.heapAfterGc() / 1048576.0,
          memory.anonymous() / 1048576.0,
          memory.directBuffers() / 1048576.0,
          memory.threads());
      out.flush();
    }
  }
}
