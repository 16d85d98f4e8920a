package dev.quern.executor.device.host;

import dev.quern.executor.device.Routing;
import java.util.Arrays;

/**
 * Chosen experts and weights of each token in Java arrays, [capacity][topK] ascending by id. Each
 * device has a type of its own, so that another's handle is told apart.
 */
public abstract class HostRouting implements Routing {
  public final int[] chosen;
  public final float[] weights;
  private final int capacity;
  private final int topK;

  protected HostRouting(int capacity, int topK) {
    this.capacity = capacity;
    this.topK = topK;
    chosen = new int[Math.multiplyExact(capacity, topK)];
    weights = new float[chosen.length];
  }

  @Override
  public final int capacity() {
    return capacity;
  }

  @Override
  public final int topK() {
    return topK;
  }

  @Override
  public final int[][] download(int rows) {
    int[][] result = new int[rows][];
    for (int r = 0; r < rows; r++) {
      result[r] = Arrays.copyOfRange(chosen, r * topK, (r + 1) * topK);
    }
    return result;
  }

  @Override
  public final void close() {}
}
