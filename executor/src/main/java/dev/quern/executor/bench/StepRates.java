package dev.quern.executor.bench;

/**
 * How fast a model runs on a machine.
 *
 * @param promptSeconds seconds of a prompt token that is computed
 * @param answerSeconds seconds that a drawn token adds to a step of many rows
 * @param stepSeconds seconds of a decoding step however few rows it has: reading the weights
 * @param sequences most rows of a step
 */
public record StepRates(
    double promptSeconds, double answerSeconds, double stepSeconds, int sequences) {

  /**
   * Seconds of a batch.
   *
   * @param computed prompt tokens computed
   * @param rows prompts that are answered
   * @param drawn tokens of their answers
   */
  public double seconds(double computed, double rows, double drawn) {
    double together = Math.clamp(rows, 1, sequences);
    double step = Math.max(stepSeconds, together * answerSeconds);
    return computed * promptSeconds + drawn / together * step;
  }

  /** The same machine, slower by a factor. */
  public StepRates times(double factor) {
    return new StepRates(
        promptSeconds * factor, answerSeconds * factor, stepSeconds * factor, sequences);
  }
}
