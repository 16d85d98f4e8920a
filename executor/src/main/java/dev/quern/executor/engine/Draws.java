package dev.quern.executor.engine;

import dev.quern.executor.device.Sampling;
import dev.quern.executor.device.SamplingRow;
import java.util.Arrays;
import java.util.List;

/**
 * Draws the next token of each row of a step: of all tokens, or of those that the row's choices
 * leave.
 */
final class Draws {
  /** For logit rows whose draw is not used. */
  private static final SamplingRow UNUSED = new SamplingRow(Sampling.GREEDY, 0, 0);

  private final ModelRunner runner;
  private final LogprobReader reader;

  /**
   * @param reader for rows that report log-probabilities
   */
  Draws(ModelRunner runner, LogprobReader reader) {
    this.runner = runner;
    this.reader = reader;
  }

  /**
   * @param rows in the order of the step's logit rows
   */
  void draw(List<RunningRow> rows) {
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
    PositionLogprobs[] reported = new PositionLogprobs[count];
    if (choosing < count) {
      sample(ids, rows, asked);
      reported = reports(ids, rows, asked);
    }
    for (int i = 0; i < count; i++) {
      RunningRow row = rows.get(i);
      if (asked[i] != null) {
        row.choose(logProbabilities[i]);
      } else if (!row.sequence().ended()) {
        row.accept(ids[i], reported[i]);
      }
    }
  }

  /** Draws; a row whose rules leave no token ends here. */
  private void sample(int[] ids, List<RunningRow> rows, int[][] asked) {
    SamplingRow[] sampling = new SamplingRow[ids.length];
    for (int i = 0; i < ids.length; i++) {
      sampling[i] = asked[i] == null ? rows.get(i).sampling() : UNUSED;
      if (rows.get(i).endedFor(sampling[i])) {
        sampling[i] = UNUSED; // the engine goes on: the error is the row's own
      }
    }
    runner.sample(ids, sampling, ids.length);
  }

  /** Log-probabilities of the tokens drawn; null where a row does not ask. */
  private PositionLogprobs[] reports(int[] ids, List<RunningRow> rows, int[][] asked) {
    int[] most = new int[ids.length];
    Arrays.fill(most, LogprobReader.NOT_READ);
    boolean any = false;
    for (int i = 0; i < ids.length; i++) {
      RunningRow row = rows.get(i);
      if (asked[i] == null && row.answerTop().isPresent() && !row.sequence().ended()) {
        most[i] = row.answerTop().getAsInt();
        any = true;
      }
    }
    return any ? reader.read(ids, most) : new PositionLogprobs[ids.length];
  }
}
