package dev.quern.executor.engine;

import java.util.Arrays;

/**
 * How a quantity of steps was distributed, since the engine was opened.
 *
 * @param bounds largest value of each bucket, ascending; do not change
 * @param counts steps of each bucket, not cumulative, and behind them those above the last bound;
 *     do not change
 * @param sum of the values of all steps
 */
public record StepHistogram(double[] bounds, long[] counts, double sum) {
  public StepHistogram {
    if (counts.length != bounds.length + 1) {
      throw new IllegalArgumentException(
          "counts must be one more than the " + bounds.length + " bounds but are " + counts.length);
    }
  }

  /** Without steps. */
  static StepHistogram empty(double... bounds) {
    return new StepHistogram(bounds, new long[bounds.length + 1], 0);
  }

  /** With one step more; this one stays as it is. */
  StepHistogram with(double value) {
    int at = Arrays.binarySearch(bounds, value);
    long[] more = counts.clone();
    more[at < 0 ? -at - 1 : at]++;
    return new StepHistogram(bounds, more, sum + value);
  }

  /** Number of steps. */
  public long count() {
    return Arrays.stream(counts).sum();
  }
}
