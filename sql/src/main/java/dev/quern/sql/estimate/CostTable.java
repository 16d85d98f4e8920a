package dev.quern.sql.estimate;

import dev.quern.planner.cost.CallEstimate;
import dev.quern.sql.run.QueryStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a query was expected to cost beside what it did, as EXPLAIN ANALYZE shows it. */
public final class CostTable {
  private CostTable() {}

  /**
   * The table's lines.
   *
   * @param estimate empty for a query that asks no model
   * @param rows rows of the result
   */
  public static List<String> lines(
      Optional<QueryEstimate> estimate, long rows, QueryStatistics measured) {
    List<String> lines = new ArrayList<>();
    if (estimate.isPresent()) {
      QueryEstimate query = estimate.get();
      CallEstimate e = query.total();
      lines.add(line("", "estimated", "measured"));
      lines.add(count("rows through GENERATE", e.rows(), measured.rows()));
      lines.add(count("distinct prompts", e.prompts(), measured.distinctPrompts()));
      lines.add(count("engine calls", e.prompts(), measured.engineCalls()));
      lines.add(count("prompt tokens", e.promptTokens(), measured.promptTokens()));
      lines.add(
          count(
              "prompt tokens after sharing", e.computedTokens(), measured.computedPromptTokens()));
      lines.add(count("computed again", e.recomputedTokens(), measured.recomputedPromptTokens()));
      lines.add(
          line(
              "completion tokens",
              "up to " + Math.round(e.answerTokens()),
              Long.toString(measured.completionTokens())));
      lines.add(line("KV blocks", Long.toString(Math.round(e.kvBlocks())), "-"));
      lines.add(
          line(
              "seconds",
              query.totalSeconds().isPresent() ? seconds(query.totalSeconds().getAsDouble()) : "-",
              seconds(measured.seconds() - measured.loadSeconds())));
    } else {
      lines.add(line("", "estimated", "measured"));
      lines.add(line("seconds", "-", seconds(measured.seconds())));
    }
    lines.add(line("rows of the result", "-", Long.toString(rows)));
    return lines;
  }

  private static String count(String name, double estimated, long measured) {
    return line(name, Long.toString(Math.round(estimated)), Long.toString(measured));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  private static String line(String name, String estimated, String measured) {
    return String.format(Locale.ROOT, "%-28s%16s%16s", name, estimated, measured);
  }
}
