package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.host.MatrixRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A weight in panels, in its stored precision. One copy serves products and the embedding. A matrix
 * of one row (norm gains, biases) also stands as a float32 vector.
 */
final class CpuWeight implements Weight {
  private final String name;
  private final OffHeap memory;
  private final Kernels kernels;
  private final int rows;
  private final int columns;
  private final OffHeap.Block vector;
  private final OffHeap.Block rowBlock;
  private final StridedMatrix original;
  private OffHeap.Block block;
  private Panels panels;
  private boolean closed;

  CpuWeight(OffHeap memory, WorkerPool pool, Kernels kernels, StridedMatrix matrix) {
    if (matrix.type() == ElementType.INT32) {
      throw new IllegalArgumentException(matrix.name() + ": INT32 is no type of a weight");
    }
    name = matrix.name();
    this.memory = memory;
    this.kernels = kernels;
    rows = matrix.rows();
    columns = matrix.columns();
    if (rows == 1) {
      vector = vector(memory, matrix);
      rowBlock = memory.allocate(name, (long) columns * matrix.type().bytes());
      original = row(matrix, rowBlock.segment());
    } else {
      vector = null;
      rowBlock = null;
      original = null;
      pack(matrix, pool);
    }
  }

  private void pack(StridedMatrix matrix, WorkerPool pool) {
    ElementType type = matrix.type();
    long data = (Panels.dataBytes(type, rows, columns) + 63) / 64 * 64;
    block = memory.allocate(name, data + Panels.scaleBytes(type, rows));
    MemorySegment scales = null;
    if (type == ElementType.INT8) {
      scales = block.segment().asSlice(data);
      for (int r = 0; r < rows; r++) {
        scales.setAtIndex(ValueLayout.JAVA_FLOAT, r, MatrixRows.scale(matrix, r));
      }
    }
    panels = new Panels(type, rows, columns, block.segment().asSlice(0, data), scales);
    StridedMatrix source = offHeap(matrix);
    int count = panels.count();
    int step = Math.max(1, count / (8 * pool.threads()));
    pool.run(
        (count + step - 1) / step,
        (i, _) -> kernels.pack(panels.data(), source, i * step, Math.min(count, (i + 1) * step)));
  }

  /** The matrix in memory that the collector frees, for sources on the heap: C reads no heap. */
  private static StridedMatrix offHeap(StridedMatrix m) {
    if (m.data().isNative()) {
      return m;
    }
    MemorySegment data = Arena.ofAuto().allocate(m.data().byteSize(), 64).copyFrom(m.data());
    return new StridedMatrix(
        m.name(),
        m.rows(),
        m.columns(),
        m.type(),
        data,
        m.offset(),
        m.rowStride(),
        m.columnStride(),
        m.scales());
  }

  /** A single row, contiguous and with its scale, that outlives the checkpoint. */
  private static StridedMatrix row(StridedMatrix m, MemorySegment into) {
    int bytes = m.type().bytes();
    for (int c = 0; c < m.columns(); c++) {
      long from = (m.offset() + c * m.columnStride()) * bytes;
      MemorySegment.copy(m.data(), from, into, (long) c * bytes, bytes);
    }
    Optional<StridedMatrix.RowScales> scales = Optional.empty();
    if (m.scales().isPresent()) {
      MemorySegment one = MemorySegment.ofArray(new float[] {MatrixRows.scale(m, 0)});
      scales = Optional.of(new StridedMatrix.RowScales(one, 0));
    }
    return new StridedMatrix(m.name(), 1, m.columns(), m.type(), into, 0, m.columns(), 1, scales);
  }

  private static OffHeap.Block vector(OffHeap memory, StridedMatrix matrix) {
    float[] values = new float[matrix.columns()];
    MatrixRows.unscaled(matrix, 0, values);
    float scale = MatrixRows.scale(matrix, 0);
    OffHeap.Block block = memory.allocate(matrix.name(), 4L * values.length);
    for (int c = 0; c < values.length; c++) {
      block.segment().setAtIndex(ValueLayout.JAVA_FLOAT, c, values[c] * scale);
    }
    return block;
  }

  /** The panels; a single row, usually a norm's gain, is packed when a product first asks. */
  Panels panels() {
    if (closed) {
      throw new IllegalStateException(name + ": weight is closed");
    }
    if (panels == null) {
      try (WorkerPool alone = new WorkerPool(1)) {
        pack(original, alone);
      }
    }
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
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long bytes() {
    long bytes = block == null ? 0 : block.size();
    return vector == null ? bytes : bytes + vector.size() + rowBlock.size();
  }

  @Override
  public void close() {
    closed = true;
    if (block != null) {
      block.close();
    }
    if (vector != null) {
      vector.close();
      rowBlock.close();
    }
  }
}
