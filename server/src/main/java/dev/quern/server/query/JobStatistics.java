package dev.quern.server.query;

import dev.quern.sql.run.QueryStatistics;
import java.util.OptionalLong;

/** What the statements of a job cost together. */
public final class JobStatistics {
  private QueryStatistics total = QueryStatistics.NONE;
  private QueryStatistics last;

  public JobStatistics() {
    this(QueryStatistics.NONE);
  }

  /**
   * @param before figures of a statement that is none of the job's
   */
  public JobStatistics(QueryStatistics before) {
    last = before;
  }

  /**
   * Adds the statement that ended last. One that failed before it started leaves the figures of its
   * predecessor standing; they count once.
   */
  public void add(QueryStatistics s) {
    if (s.equals(last)) {
      return;
    }
    last = s;
    total =
        new QueryStatistics(
            total.rows() + s.rows(),
            OptionalLong.empty(),
            total.distinctPrompts() + s.distinctPrompts(),
            total.engineCalls() + s.engineCalls(),
            total.failedRows() + s.failedRows(),
            total.promptTokens() + s.promptTokens(),
            total.cachedPromptTokens() + s.cachedPromptTokens(),
            total.computedPromptTokens() + s.computedPromptTokens(),
            total.recomputedPromptTokens() + s.recomputedPromptTokens(),
            total.completionTokens() + s.completionTokens(),
            total.seconds() + s.seconds(),
            total.loadSeconds() + s.loadSeconds(),
            Math.max(total.peakMemoryBytes(), s.peakMemoryBytes()));
  }

  public QueryStatistics total() {
    return total;
  }
}
