package dev.quern.executor.device.cpu;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;

/** Matrix products, split over the pool by panels of outputs and chunks of rows. */
final class CpuProducts implements AutoCloseable {
  /** Below this many multiply-adds a second thread costs more than it saves. */
  private static final long ALONE = 100_000;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final Activations activations;
  private final PackedInput floats;
  private final PackedInput bytes;

  CpuProducts(OffHeap memory, Kernels kernels, WorkerPool pool, Activations activations) {
    this.kernels = kernels;
    this.pool = pool;
    this.activations = activations;
    floats = new PackedInput(memory, kernels, pool, false);
    bytes = new PackedInput(memory, kernels, pool, true);
  }

  /** Whether products with this weight take quantized activations. */
  boolean quantized(Panels w) {
    return ActivationGroups.apply(activations, w.format());
  }

  void linear(CpuTensor out, CpuTensor x, Panels w, int rows) {
    linear(out.target(), out.columns(), x, w, rows);
  }

  /** As {@link #linear}, into memory that is no tensor. */
  void linear(MemorySegment out, int ldo, CpuTensor x, Panels w, int rows) {
    PackedRows packed = packed(x, w, rows);
    split(w, rows, (r0, r1, p0, p1) -> kernels.linear(out, ldo, packed, w, r0, r1, p0, p1));
  }

  void gateUp(CpuTensor out, CpuTensor x, CpuWeight gateWeight, CpuWeight upWeight, int rows) {
    Panels gate = gateWeight.panels();
    Panels up = upWeight.panels();
    Require.same(gateWeight, upWeight);
    requireAlike(gateWeight, upWeight);
    PackedRows packed = packed(x, gate, rows);
    MemorySegment target = out.target();
    int ldo = out.columns();
    split(
        gate,
        rows,
        (r0, r1, p0, p1) -> kernels.gateUp(target, ldo, packed, gate, up, r0, r1, p0, p1));
  }

  /** Gate and up read the same packed activations. */
  void requireAlike(CpuWeight gate, CpuWeight up) {
    if (quantized(gate.panels()) != quantized(up.panels())) {
      throw new IllegalArgumentException(
          gate.name()
              + " is "
              + gate.panels().type()
              + " but "
              + up.name()
              + " is "
              + up.panels().type()
              + ": gate and up must both be int8 or neither");
    }
  }

  private PackedRows packed(CpuTensor x, Panels w, int rows) {
    return (quantized(w) ? bytes : floats).of(x, w.columns(), rows);
  }

  /** A rectangle of a product. */
  @FunctionalInterface
  private interface Range {
    void run(int r0, int r1, int p0, int p1);
  }

  private void split(Panels w, int rows, Range range) {
    int panels = w.count();
    long work = (long) rows * w.columns() * w.rows();
    if (work < ALONE || pool.threads() == 1) {
      range.run(0, rows, 0, panels);
      return;
    }
    int wanted = 4 * pool.threads();
    int columnTasks = Math.min(panels, wanted);
    int chunks = (rows + Kernels.CHUNK - 1) / Kernels.CHUNK;
    int rowTasks = Math.min(chunks, (wanted + columnTasks - 1) / columnTasks);
    pool.run(
        columnTasks * rowTasks,
        (i, _) -> {
          int row = i / columnTasks;
          int column = i % columnTasks;
          range.run(
              part(chunks, row, rowTasks) * Kernels.CHUNK,
              Math.min(rows, part(chunks, row + 1, rowTasks) * Kernels.CHUNK),
              part(panels, column, columnTasks),
              part(panels, column + 1, columnTasks));
        });
  }

  private static int part(int count, int index, int of) {
    return (int) ((long) count * index / of);
  }

  @Override
  public void close() {
    floats.close();
    bytes.close();
  }
}
