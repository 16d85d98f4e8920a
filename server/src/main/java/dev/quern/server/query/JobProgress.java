package dev.quern.server.query;

import dev.quern.sql.run.QueryStatistics;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** The progress of GENERATE in one line; silent for queries without it. */
public final class JobProgress implements Progress {
  private final Supplier<QueryStatistics> statistics;

  /**
   * @param statistics what the running query has done so far
   */
  public JobProgress(Supplier<QueryStatistics> statistics) {
    this.statistics = statistics;
  }

  @Override
  public Optional<String> text() {
    QueryStatistics now = statistics.get();
    if (now.engineCalls() == 0) {
      return Optional.empty();
    }
    double running = Math.max(1e-3, now.seconds() - now.loadSeconds());
    var line = new StringBuilder();
    line.append(now.rows());
    now.totalRows().ifPresent(total -> line.append(" of ").append(total));
    line.append(
        String.format(
            Locale.ROOT,
            " rows | %.0f prompt + %.0f answer tokens/s | %.0f%% of prompt tokens cached",
            now.promptTokens() / running,
            now.completionTokens() / running,
            100.0 * now.cachedPromptTokens() / Math.max(1, now.promptTokens())));
    if (now.failedRows() > 0) {
      line.append(" | ").append(now.failedRows()).append(" failed");
    }
    if (now.totalRows().isPresent() && now.rows() > 0) {
      long left = Math.max(0, now.totalRows().getAsLong() - now.rows());
      line.append(" | ").append(duration(left * running / now.rows())).append(" left");
    }
    return Optional.of(line.toString());
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : whole < 3600
            ? whole / 60 + " min " + whole % 60 + " s"
            : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }
}
