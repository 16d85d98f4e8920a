package dev.quern.executor.engine;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.StepInput;
import java.lang.foreign.MemorySegment;

/** Hands everything on to another runner: what looks at a runner's steps extends it. */
abstract class ForwardingRunner implements ModelRunner {
  private final ModelRunner runner;

  ForwardingRunner(ModelRunner runner) {
    this.runner = runner;
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
  public void report(double[][] out, int[][] ids, int[] most, int count) {
    runner.report(out, ids, most, count);
  }

  @Override
  public void logits(int[] tokens) {
    runner.logits(tokens);
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
