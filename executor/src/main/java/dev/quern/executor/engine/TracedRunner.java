package dev.quern.executor.engine;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.StepInput;

/** Shows the steps of a runner. */
record TracedRunner(ModelRunner runner, EngineTrace trace) implements ModelRunner {
  @Override
  public void copyBlock(BlockCopy copy) {
    runner.copyBlock(copy);
  }

  @Override
  public void forward(StepInput step) {
    trace.step(step);
    runner.forward(step);
  }

  @Override
  public void sample(int[] ids, SamplingRow[] rows, int count) {
    runner.sample(ids, rows, count);
  }

  @Override
  public void logProbabilities(double[][] out, int[][] ids, int count) {
    runner.logProbabilities(out, ids, count);
  }

  @Override
  public void downloadLogits(float[] target, int rows) {
    runner.downloadLogits(target, rows);
  }

  @Override
  public void close() {
    runner.close();
  }
}
