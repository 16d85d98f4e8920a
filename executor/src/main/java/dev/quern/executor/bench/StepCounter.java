package dev.quern.executor.bench;

import dev.quern.executor.engine.EngineTrace;
import dev.quern.executor.model.decoder.StepInput;
import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;

/** Adds up what an engine's steps compute and read. */
final class StepCounter implements EngineTrace {
  private final LongAdder macs = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile ModelCost cost;

  /** Counts from here on: the sizes of the KV cache are known when the engine is open. */
  void start(ModelCost model) {
    cost = model;
  }

  @Override
  public void step(StepInput step) {
    macs.add(cost.macs(step));
    bytes.add(cost.bytes(step));
  }

  @Override
  public void chosen(int layer, int[][] experts) {
    var hit = new BitSet();
    for (int[] row : experts) {
      for (int expert : row) {
        hit.set(expert);
      }
    }
    bytes.add(hit.cardinality() * cost.expertBytes(layer));
  }

  long macs() {
    return macs.sum();
  }

  long bytes() {
    return bytes.sum();
  }
}
