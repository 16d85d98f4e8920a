package dev.quern.executor.engine;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.StepInput;
import java.lang.foreign.MemorySegment;

/** Takes the time of a runner's steps. */
final class TimedRunner implements ModelRunner {
  private final ModelRunner runner;
  private volatile StepTotals times = StepTotals.NONE;

  TimedRunner(ModelRunner runner) {
    this.runner = runner;
  }

  /** So far; may be read from any thread. */
  StepTotals times() {
    return times;
  }

  @Override
  public void copyBlock(BlockCopy copy) {
    runner.copyBlock(copy);
  }

  @Override
  public long blockBytes() {
    return runner.blockBytes();
  }

  @Override
  public void exportBlocks(int[] blocks, MemorySegment target) {
    runner.exportBlocks(blocks, target);
  }

  @Override
  public void importBlocks(int[] blocks, MemorySegment source) {
    runner.importBlocks(blocks, source);
  }

  @Override
  public boolean usesHostMemory() {
    return runner.usesHostMemory();
  }

  @Override
  public void forward(StepInput step) {
    long start = System.nanoTime();
    runner.forward(step);
    add(1, step.tokens(), 0, start);
  }

  @Override
  public void sample(int[] ids, SamplingRow[] rows, int count) {
    long start = System.nanoTime();
    runner.sample(ids, rows, count);
    add(0, 0, count, start);
  }

  @Override
  public void logProbabilities(double[][] out, int[][] ids, int count) {
    long start = System.nanoTime();
    runner.logProbabilities(out, ids, count);
    add(0, 0, count, start);
  }

  /** One thread drives the runner: nothing is lost between reading and writing. */
  private void add(int steps, int tokens, int drawn, long start) {
    StepTotals t = times;
    times =
        new StepTotals(
            t.steps() + steps,
            t.tokens() + tokens,
            t.drawn() + drawn,
            t.seconds() + (System.nanoTime() - start) / 1e9);
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
