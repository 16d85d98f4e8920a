package dev.quern.executor.device.host;

import dev.quern.executor.device.Sampling;
import dev.quern.executor.device.SamplingRow;

/**
 * Repetition penalty over prompt and answer (CTRL, arXiv 1909.05858: positive logits are divided,
 * negative ones multiplied, once per distinct id), presence and frequency penalty over the answer.
 */
final class Penalties {
  private final int[] count;
  private final boolean[] repeated;

  Penalties(int vocabulary) {
    count = new int[vocabulary];
    repeated = new boolean[vocabulary];
  }

  void apply(float[] logits, SamplingRow row) {
    Sampling sampling = row.sampling();
    if (sampling.repetitionPenalty() != 1) {
      if (row.promptIds() != null) {
        repeat(logits, row, row.promptIds(), row.promptIds().length);
      }
      if (row.answerIds() != null) {
        repeat(logits, row, row.answerIds(), row.answerLength());
      }
      clearRepeated(row);
    }
    if ((sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0)
        && row.answerIds() != null) {
      subtract(logits, row);
    }
  }

  private void repeat(float[] logits, SamplingRow row, int[] ids, int length) {
    float penalty = (float) row.sampling().repetitionPenalty();
    for (int i = 0; i < length; i++) {
      int id = ids[i];
      if (!repeated[id]) {
        repeated[id] = true;
        logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
      }
    }
  }

  /**
   * Leaves the marks clean by undoing only what was set: a prompt is short, a vocabulary is not.
   */
  private void clearRepeated(SamplingRow row) {
    if (row.promptIds() != null) {
      for (int id : row.promptIds()) {
        repeated[id] = false;
      }
    }
    if (row.answerIds() != null) {
      for (int i = 0; i < row.answerLength(); i++) {
        repeated[row.answerIds()[i]] = false;
      }
    }
  }

  private void subtract(float[] logits, SamplingRow row) {
    Sampling sampling = row.sampling();
    for (int i = 0; i < row.answerLength(); i++) {
      count[row.answerIds()[i]]++;
    }
    for (int i = 0; i < row.answerLength(); i++) {
      int id = row.answerIds()[i];
      if (count[id] > 0) {
        logits[id] -=
            (float) (sampling.presencePenalty() + sampling.frequencyPenalty() * count[id]);
        count[id] = 0;
      }
    }
  }
}
