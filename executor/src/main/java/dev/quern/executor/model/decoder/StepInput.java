package dev.quern.executor.model.decoder;

import dev.quern.executor.device.AttentionBatch;

/**
 * One model step: a ragged batch of prefill chunks and decode tokens.
 *
 * @param ids one id per query row, the first {@code attention.rows()} count
 * @param attention which sequence, position and blocks each row has
 * @param logitRows rows whose logits are wanted, several a sequence for verification
 */
public record StepInput(int[] ids, AttentionBatch attention, int[] logitRows) {
  public StepInput {
    if (ids.length < attention.rows()) {
      throw new IllegalArgumentException(
          "step: " + ids.length + " ids for " + attention.rows() + " rows");
    }
    for (int row : logitRows) {
      if (row < 0 || row >= attention.rows()) {
        throw new IllegalArgumentException(
            "step: logits of row " + row + " of " + attention.rows());
      }
    }
  }

  /** Number of tokens of the step. */
  public int tokens() {
    return attention.rows();
  }
}
