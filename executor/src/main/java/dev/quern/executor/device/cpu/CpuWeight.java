package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.FloatMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.WeightFormat;
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

  CpuWeight(OffHeap memory, WorkerPool pool, Kernels kernels, HostMatrix matrix) {
    if (matrix instanceof StridedMatrix strided && strided.type() == ElementType.INT32) {
      throw new IllegalArgumentException(matrix.name() + ": INT32 is no type of a weight");
    }
    name = matrix.name();
    this.memory = memory;
    this.kernels = kernels;
    rows = matrix.rows();
    columns = matrix.columns();
    try {
      vector = rows == 1 ? vector(memory, matrix) : null;
      if (rows == 1 && matrix instanceof StridedMatrix strided) {
        rowBlock = memory.allocate(name, (long) columns * strided.type().bytes());
        original = row(strided, rowBlock.segment());
      } else {
        rowBlock = null;
        original = null;
        pack(matrix, pool);
      }
    } catch (RuntimeException | Error e) { // an encoder that refuses its values, or no memory
      close();
      throw e;
    }
  }

  private void pack(HostMatrix matrix, WorkerPool pool) {
    WeightFormat format = matrix.format();
    int count = Panels.count(rows);
    if (matrix instanceof InPanels ready && ready.panels().isPresent()) {
      MemorySegment there = ready.panels().get();
      panels = Panels.of(format, rows, columns, ready.inPlace() ? there : copy(there, pool));
      return;
    }
    if (matrix instanceof FloatMatrix part) {
      pack(part.strided(), pool);
      return;
    }
    block = memory.allocate(name, count * PanelLayout.panelBytes(format, columns));
    panels = Panels.of(format, rows, columns, block.segment());
    int step = Math.max(1, count / (8 * pool.threads()));
    StridedMatrix floats =
        format instanceof WeightFormat.Floats && matrix instanceof StridedMatrix strided
            ? offHeap(strided)
            : null;
    pool.run(
        (count + step - 1) / step,
        (i, _) -> {
          int p0 = i * step;
          int p1 = Math.min(count, p0 + step);
          if (floats != null) {
            kernels.pack(panels.data(), floats, p0, p1);
          } else {
            new PanelWriter(matrix).pack(panels.data(), p0, p1);
          }
        });
  }

  /** Panels of a file in large pages. */
  private MemorySegment copy(MemorySegment there, WorkerPool pool) {
    long size = there.byteSize();
    block = memory.allocate(name, size);
    long step = Math.ceilDiv(size, 4L * pool.threads());
    pool.run(
        Math.toIntExact(Math.ceilDiv(size, step)),
        (i, _) ->
            MemorySegment.copy(
                there, i * step, block.segment(), i * step, Math.min(step, size - i * step)));
    return block.segment();
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

  private static OffHeap.Block vector(OffHeap memory, HostMatrix matrix) {
    float[] values = new float[matrix.columns()];
    matrix.read(0, values);
    OffHeap.Block block = memory.allocate(matrix.name(), 4L * values.length);
    MemorySegment.copy(values, 0, block.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
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
    bytes += vector == null ? 0 : vector.size();
    return rowBlock == null ? bytes : bytes + rowBlock.size();
  }

  @Override
  public void close() {
    closed = true;
    if (block != null) {
      block.close();
    }
    if (vector != null) {
      vector.close();
    }
    if (rowBlock != null) {
      rowBlock.close();
    }
  }
}
