package dev.quern.executor.device.cpu;

import dev.quern.executor.device.Routing;
import java.util.Arrays;

/** Chosen experts and weights of each token, [capacity][topK] ascending by id. */
final class CpuRouting implements Routing {
  final int[] chosen;
  final float[] weights;
  private final int capacity;
  private final int topK;

  CpuRouting(int capacity, int topK) {
    this.capacity = capacity;
    this.topK = topK;
    chosen = new int[Math.multiplyExact(capacity, topK)];
    weights = new float[chosen.length];
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public int[][] download(int rows) {
    int[][] result = new int[rows][];
    for (int r = 0; r < rows; r++) {
      result[r] = Arrays.copyOfRange(chosen, r * topK, (r + 1) * topK);
    }
    return result;
  }

  @Override
  public void close() {}
}
