package dev.quern.executor.engine;

/**
 * Token counts of a row.
 *
 * @param promptTokens tokens of the prompt, template included
 * @param cachedTokens those whose keys and values were in the cache already
 * @param recomputedTokens of the prompt and answer tokens computed, those computed before and lost
 *     to eviction
 * @param completionTokens tokens generated, the stop id included; with choices: decisions drawn
 */
public record Usage(
    int promptTokens, int cachedTokens, int recomputedTokens, int completionTokens) {
  public static final Usage NONE = new Usage(0, 0, 0, 0);
}
