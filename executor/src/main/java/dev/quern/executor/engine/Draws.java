package dev.quern.executor.engine;

import dev.quern.executor.device.SamplingRow;
import java.util.List;

/**
 * Draws the next token of each row of a step: of all tokens, or of those that the row's choices
 * leave.
 */
final class Draws {
  /** For logit rows whose draw is not used. */
  private static final SamplingRow UNUSED =
      new SamplingRow(0, 1, 0, 0, 1, 0, 0, 0, 0, null, null, 0, null);

  private Draws() {}

  /**
   * @param rows in the order of the step's logit rows
   */
  static void draw(ModelRunner runner, List<RunningRow> rows) {
    int count = rows.size();
    int[][] asked = new int[count][];
    double[][] logProbabilities = new double[count][];
    int choosing = 0;
    for (int i = 0; i < count; i++) {
      asked[i] = rows.get(i).choiceIds();
      if (asked[i] != null) {
        logProbabilities[i] = new double[asked[i].length];
        choosing++;
      }
    }
    if (choosing > 0) {
      runner.logProbabilities(logProbabilities, asked, count);
    }
    int[] ids = new int[count];
    if (choosing < count) {
      SamplingRow[] sampling = new SamplingRow[count];
      for (int i = 0; i < count; i++) {
        sampling[i] = asked[i] == null ? rows.get(i).sampling() : UNUSED;
      }
      runner.sample(ids, sampling, count);
    }
    for (int i = 0; i < count; i++) {
      if (asked[i] == null) {
        rows.get(i).accept(ids[i]);
      } else {
        rows.get(i).choose(logProbabilities[i]);
      }
    }
  }
}
