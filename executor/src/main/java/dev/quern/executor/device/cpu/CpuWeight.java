package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.host.MatrixRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A weight in panels, in its stored precision. One copy serves products and the embedding. A matrix
 * of one row (norm gains, biases) also stands as a float32 vector.
 */
final class CpuWeight implements Weight {
  private final String name;
  private final OffHeap.Block block;
  private final Panels panels;
  private final OffHeap.Block vector;

  CpuWeight(OffHeap memory, WorkerPool pool, Kernels kernels, HostMatrix matrix) {
    ElementType type = matrix.type();
    if (type == ElementType.INT32) {
      throw new IllegalArgumentException(matrix.name() + ": INT32 is no type of a weight");
    }
    name = matrix.name();
    int rows = matrix.rows();
    long data = (Panels.dataBytes(type, rows, matrix.columns()) + 63) / 64 * 64;
    block = memory.allocate(name, data + Panels.scaleBytes(type, rows));
    MemorySegment scales = null;
    if (type == ElementType.INT8) {
      scales = block.segment().asSlice(data);
      for (int r = 0; r < rows; r++) {
        scales.setAtIndex(ValueLayout.JAVA_FLOAT, r, MatrixRows.scale(matrix, r));
      }
    }
    panels = new Panels(type, rows, matrix.columns(), block.segment().asSlice(0, data), scales);
    int count = panels.count();
    int step = Math.max(1, count / (8 * pool.threads()));
    pool.run(
        (count + step - 1) / step,
        (i, _) -> kernels.pack(panels.data(), matrix, i * step, Math.min(count, (i + 1) * step)));
    vector = rows == 1 ? vector(memory, matrix) : null;
  }

  private static OffHeap.Block vector(OffHeap memory, HostMatrix matrix) {
    float[] values = new float[matrix.columns()];
    MatrixRows.unscaled(matrix, 0, values);
    float scale = MatrixRows.scale(matrix, 0);
    OffHeap.Block block = memory.allocate(matrix.name(), 4L * values.length);
    for (int c = 0; c < values.length; c++) {
      block.segment().setAtIndex(ValueLayout.JAVA_FLOAT, c, values[c] * scale);
    }
    return block;
  }

  Panels panels() {
    block.segment(); // throws when closed
    return panels;
  }

  /** The only row as float32. */
  MemorySegment vector() {
    return vector.segment();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rows() {
    return panels.rows();
  }

  @Override
  public int columns() {
    return panels.columns();
  }

  @Override
  public long bytes() {
    return block.size() + (vector == null ? 0 : vector.size());
  }

  @Override
  public void close() {
    block.close();
    if (vector != null) {
      vector.close();
    }
  }
}
