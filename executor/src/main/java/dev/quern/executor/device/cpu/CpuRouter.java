package dev.quern.executor.device.cpu;

import dev.quern.executor.device.host.ExpertChoice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Scores of all experts, and each token's choice among them, over the pool. */
final class CpuRouter implements AutoCloseable, WorkerPool.Task {
  /** Tokens of a task: below, waking a thread costs more than the choice. */
  private static final int ROWS = 16;

  private final WorkerPool pool;
  private final CpuProducts products;
  private final Scratch scores;
  private final ExpertChoice[] choices;
  private float[] host = new float[0]; // [row][expert]
  private float[] added = new float[0];

  // The call in progress.
  private int experts;
  private int rows;
  private boolean biased;
  private float least;
  private CpuRouting routing;

  CpuRouter(OffHeap memory, WorkerPool pool, CpuProducts products) {
    this.pool = pool;
    this.products = products;
    scores = new Scratch(memory, "router scores");
    choices = new ExpertChoice[pool.threads()];
  }

  /**
   * @param bias [experts], added for the selection only; null for none
   */
  void route(
      CpuRouting out, CpuTensor x, Panels router, MemorySegment bias, float normMin, int count) {
    rows = count;
    routing = out;
    least = normMin;
    biased = bias != null;
    prepare(router.rows());
    if (biased) {
      MemorySegment.copy(bias, ValueLayout.JAVA_FLOAT, 0, added, 0, experts);
    }
    MemorySegment result = scores.require(4L * rows * experts);
    products.linear(result, experts, x, router, rows);
    MemorySegment.copy(result, ValueLayout.JAVA_FLOAT, 0, host, 0, rows * experts);
    pool.run((rows + ROWS - 1) / ROWS, this);
  }

  private void prepare(int count) {
    if (host.length < rows * count) {
      host = new float[rows * count];
    }
    if (experts != count) {
      experts = count;
      added = new float[count];
      for (int i = 0; i < choices.length; i++) {
        choices[i] = new ExpertChoice(count);
      }
    }
  }

  @Override
  public void run(int task, int worker) {
    int topK = routing.topK();
    int end = Math.min(rows, (task + 1) * ROWS);
    for (int r = task * ROWS; r < end; r++) {
      choices[worker].choose(
          host,
          r * experts,
          biased ? added : null,
          topK,
          least,
          routing.chosen,
          routing.weights,
          r * topK);
    }
  }

  @Override
  public void close() {
    scores.close();
  }
}
