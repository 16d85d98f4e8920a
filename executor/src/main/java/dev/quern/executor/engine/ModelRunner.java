package dev.quern.executor.engine;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.StepInput;
import dev.quern.executor.swap.BlockTransfer;

/** Runs steps: one decoder, or the ranks of a tensor-parallel group. One thread drives it. */
public interface ModelRunner extends BlockTransfer, AutoCloseable {
  void copyBlock(BlockCopy copy);

  /**
   * Runs a step; afterwards its logits stand ready for {@link #sample} and {@link #downloadLogits}.
   */
  void forward(StepInput step);

  /** Draws the next ids of the first {@code count} logit rows. */
  void sample(int[] ids, SamplingRow[] rows, int count);

  /**
   * out[i][k] = log-probability of token ids[i][k] under logit row i, of the first {@code count};
   * rows whose ids are null are left out.
   */
  void logProbabilities(double[][] out, int[][] ids, int count);

  /** Copies the logits of the first {@code rows} logit rows, [rows, vocab]. */
  void downloadLogits(float[] target, int rows);

  @Override
  void close();
}
