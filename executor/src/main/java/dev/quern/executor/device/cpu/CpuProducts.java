package dev.quern.executor.device.cpu;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;

/** Matrix products, split over the pool by panels of outputs and chunks of rows. */
final class CpuProducts implements AutoCloseable {
  /** Up to so many rows each worker quantizes the input for itself. */
  private static final int FEW = 8;

  private final Activations activations;
  private final PackedInput floats;
  private final PackedInput integers;
  private final ProductTask task;

  CpuProducts(OffHeap memory, Kernels kernels, WorkerPool pool, Activations activations) {
    this.activations = activations;
    floats = new PackedInput(memory, kernels, pool);
    integers = new PackedInput(memory, kernels, pool);
    task = new ProductTask(memory, kernels, pool);
  }

  /** Whether products with this weight take quantized activations. */
  boolean quantized(Panels w) {
    return ActivationGroups.apply(activations, w.format());
  }

  void linear(CpuTensor out, CpuTensor x, Panels w, int rows) {
    linear(out.target(), out.columns(), x, w, rows);
  }

  /** As {@link #linear}, into memory that is no tensor. */
  void linear(MemorySegment out, int width, CpuTensor x, Panels w, int rows) {
    begin(x, w, PackedRows.levels(w.format()), rows).into(out, width, w).run();
  }

  /** out += x . w^T. */
  void linearAdd(CpuTensor out, CpuTensor x, Panels w, int rows) {
    begin(x, w, PackedRows.levels(w.format()), rows)
        .into(out.target(), out.columns(), w)
        .runAdding();
  }

  void gateUp(CpuTensor out, CpuTensor x, CpuWeight gateWeight, CpuWeight upWeight, int rows) {
    requireAlike(gateWeight, upWeight);
    Panels gate = gateWeight.panels();
    Panels up = upWeight.panels();
    int levels = PackedRows.levels(gate.format()) | PackedRows.levels(up.format());
    gated(begin(x, gate, levels, rows), out, gate, up);
  }

  /** Whether {@link #normLinear} takes these weights: all of them with quantized activations. */
  boolean normed(CpuWeight[] weights) {
    boolean all = weights.length <= ProductTask.WEIGHTS;
    for (CpuWeight w : weights) {
      all &= quantized(w.panels());
    }
    return all;
  }

  /** Products of the normed rows of x with each weight, in one run. */
  void normLinear(
      CpuTensor[] outs, CpuTensor x, MemorySegment gain, float eps, CpuWeight[] ws, int rows) {
    int levels = 0;
    for (CpuWeight w : ws) {
      levels |= PackedRows.levels(w.panels().format());
    }
    ProductTask run = normed(x, gain, eps, ws[0].columns(), levels, rows);
    for (int i = 0; i < ws.length; i++) {
      run.into(outs[i].target(), outs[i].columns(), ws[i].panels());
    }
    run.run();
  }

  void normGateUp(
      CpuTensor out,
      CpuTensor x,
      MemorySegment gain,
      float eps,
      CpuWeight gateWeight,
      CpuWeight upWeight,
      int rows) {
    Panels gate = gateWeight.panels();
    Panels up = upWeight.panels();
    int levels = PackedRows.levels(gate.format()) | PackedRows.levels(up.format());
    gated(normed(x, gain, eps, gate.columns(), levels, rows), out, gate, up);
  }

  private static void gated(ProductTask run, CpuTensor out, Panels gate, Panels up) {
    MemorySegment target = out.target();
    run.into(target, out.columns(), gate).into(target, out.columns(), up).runGated();
  }

  private ProductTask normed(
      CpuTensor x, MemorySegment gain, float eps, int columns, int levels, int rows) {
    return rows <= FEW
        ? task.of(x, gain, eps, levels, rows)
        : task.of(integers.normed(x, gain, eps, columns, rows, levels));
  }

  private ProductTask begin(CpuTensor x, Panels w, int levels, int rows) {
    if (!quantized(w)) {
      return task.of(floats.floats(x, w.columns(), rows));
    }
    return rows <= FEW
        ? task.of(x, null, 0, levels, rows)
        : task.of(integers.integers(x, w.columns(), rows, levels));
  }

  /** Gate and up read the same packed activations. */
  void requireAlike(CpuWeight gate, CpuWeight up) {
    Require.same(gate, up);
    if (quantized(gate.panels()) != quantized(up.panels())) {
      throw new IllegalArgumentException(
          gate.name()
              + " is "
              + gate.panels().format().label()
              + " but "
              + up.name()
              + " is "
              + up.panels().format().label()
              + ": gate and up must both take int8 activations or neither");
    }
  }

  @Override
  public void close() {
    floats.close();
    integers.close();
    task.close();
  }
}
