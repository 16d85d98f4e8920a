package dev.quern.sql.run;

import java.util.OptionalLong;

/**
 * What a query has done so far. Token counts are over engine calls: a row whose prompt ran before
 * adds none.
 *
 * @param rows rows that went through GENERATE; without GENERATE, rows of the result
 * @param totalRows rows that will have gone through GENERATE at the end, where that is known
 * @param distinctPrompts different prompts (with their options) among them
 * @param engineCalls prompts that were given to the engine and ended
 * @param failedRows rows without an answer because of an error
 * @param promptTokens tokens of the prompts, template included
 * @param cachedPromptTokens those served from the prefix cache
 * @param computedPromptTokens the others
 * @param recomputedPromptTokens of the computed ones, those computed again after eviction
 * @param completionTokens tokens generated
 * @param seconds since the query started, until it ended
 * @param loadSeconds of them, waiting for models to load
 * @param peakMemoryBytes peak of anonymous resident memory of the process while the query ran; 0
 *     where the system does not tell
 */
public record QueryStatistics(
    long rows,
    OptionalLong totalRows,
    long distinctPrompts,
    long engineCalls,
    long failedRows,
    long promptTokens,
    long cachedPromptTokens,
    long computedPromptTokens,
    long recomputedPromptTokens,
    long completionTokens,
    double seconds,
    double loadSeconds,
    long peakMemoryBytes) {

  /** Before the first query. */
  public static final QueryStatistics NONE =
      new QueryStatistics(0, OptionalLong.empty(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Rows a second, loading not counted. */
  public double rowsPerSecond() {
    double running = seconds - loadSeconds;
    return running > 0 ? rows / running : 0;
  }
}
