package dev.quern.executor.engine;

/**
 * What an engine's steps took so far.
 *
 * @param steps steps run
 * @param tokens tokens computed in them
 * @param drawn tokens drawn in them
 * @param seconds time in the model, waiting for work not counted
 */
public record StepTotals(long steps, long tokens, long drawn, double seconds) {
  public static final StepTotals NONE = new StepTotals(0, 0, 0, 0);
}
