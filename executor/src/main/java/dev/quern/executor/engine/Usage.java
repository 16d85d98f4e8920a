package dev.quern.executor.engine;

import java.util.Objects;

/**
 * What a row used.
 *
 * @param promptTokens tokens of the prompt, template included
 * @param cachedTokens those whose keys and values were in the cache already
 * @param recomputedTokens of the prompt and answer tokens computed, those computed before and lost
 *     to eviction
 * @param completionTokens tokens generated, the stop id included; with choices: decisions drawn
 * @param timing where its time went; {@link Timing#NONE} where the engine takes none
 */
public record Usage(
    int promptTokens, int cachedTokens, int recomputedTokens, int completionTokens, Timing timing) {
  public static final Usage NONE = new Usage(0, 0, 0, 0);

  public Usage {
    Objects.requireNonNull(timing, "timing");
  }

  /** Token counts alone. */
  public Usage(int promptTokens, int cachedTokens, int recomputedTokens, int completionTokens) {
    this(promptTokens, cachedTokens, recomputedTokens, completionTokens, Timing.NONE);
  }

  /**
   * Seconds of a row in the engine, one stage behind the other. A row that ends early has 0 in the
   * stages that it did not reach.
   *
   * @param queue from the submission of its batch, whose prompts are tokenized then, to the start
   *     of the first step that computed some of it
   * @param prefill from there to its first token; waiting after a preemption counts here too
   * @param decode from the first token to the last
   */
  public record Timing(double queue, double prefill, double decode) {
    /** No time was taken: of engines without a clock, and of rows that never reached the engine. */
    public static final Timing NONE = new Timing(0, 0, 0);
  }
}
