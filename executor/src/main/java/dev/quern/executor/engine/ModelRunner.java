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

  /**
   * Tells of tokens that are drawn already, or given. {@code ids[i]} holds one token of logit row
   * i; afterwards it holds that token and behind it the {@code most[i]} most likely ones, best
   * first, ties to the lower id, and {@code out[i]} their log-probabilities. Rows whose ids are
   * null are left out.
   */
  void report(double[][] out, int[][] ids, int[] most, int count);

  /**
   * Puts the logits of other tokens of the last step into rows 0.. .
   *
   * @param tokens places in the step's ids, as many as a step's logit rows at most
   */
  void logits(int[] tokens);

  /** Copies the logits of the first {@code rows} logit rows, [rows, vocab]. */
  void downloadLogits(float[] target, int rows);

  @Override
  void close();
}
