package dev.quern.executor.engine;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.Decoder;
import dev.quern.executor.model.decoder.StepInput;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** One decoder on one device, both owned. */
record SingleRunner(Device device, Decoder decoder) implements ModelRunner {
  @Override
  public void copyBlock(BlockCopy copy) {
    decoder.copyBlock(copy.from(), copy.to(), copy.tokens());
  }

  @Override
  public long blockBytes() {
    return decoder.blockBytes();
  }

  @Override
  public void exportBlocks(int[] blocks, MemorySegment target) {
    decoder.exportBlocks(blocks, target);
  }

  @Override
  public void importBlocks(int[] blocks, MemorySegment source) {
    decoder.importBlocks(blocks, source);
  }

  @Override
  public boolean usesHostMemory() {
    return device.usesHostMemory();
  }

  @Override
  public void forward(StepInput step) {
    decoder.forward(step);
  }

  @Override
  public void sample(int[] ids, SamplingRow[] rows, int count) {
    decoder.sample(ids, rows, count);
  }

  @Override
  public void logProbabilities(double[][] out, int[][] ids, int count) {
    decoder.logProbabilities(out, ids, count);
  }

  @Override
  public void report(double[][] out, int[][] ids, int[] most, int count) {
    int[][] best = new int[count][];
    decoder.largest(best, most, count);
    for (int i = 0; i < count; i++) {
      if (ids[i] != null) {
        int likely = best[i] == null ? 0 : best[i].length;
        ids[i] = Arrays.copyOf(ids[i], 1 + likely);
        if (likely > 0) {
          System.arraycopy(best[i], 0, ids[i], 1, likely);
        }
        out[i] = new double[1 + likely];
      }
    }
    decoder.logProbabilities(out, ids, count);
  }

  @Override
  public void logits(int[] tokens) {
    decoder.logits(tokens);
  }

  @Override
  public void downloadLogits(float[] target, int rows) {
    decoder.downloadLogits(target, rows);
  }

  @Override
  public void close() {
    decoder.close();
    device.close();
  }
}
