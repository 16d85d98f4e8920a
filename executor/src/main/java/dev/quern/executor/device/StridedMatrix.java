package dev.quern.executor.device;

import dev.quern.executor.device.host.MatrixRows;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * A matrix in host memory as a checkpoint stores it (usually memory-mapped): a strided view, so
 * that fused, transposed and sharded tensors need no copy. Element (r, c) stands at index {@code
 * offset + r * rowStride + c * columnStride} of {@code data}; a vector is a matrix of one row.
 *
 * @param name the tensor's name, for errors
 * @param data little-endian elements of {@code type}
 * @param scales for INT8: one float32 per row; the weight is element x scale
 */
public record StridedMatrix(
    String name,
    int rows,
    int columns,
    ElementType type,
    MemorySegment data,
    long offset,
    long rowStride,
    long columnStride,
    Optional<RowScales> scales)
    implements HostMatrix {

  /** Float32 scales of the rows, the first row's at index {@code offset}. */
  public record RowScales(MemorySegment data, long offset) {}

  public StridedMatrix {
    Objects.requireNonNull(name, "name");
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(name + ": empty shape [" + rows + ", " + columns + "]");
    }
    long last = offset + (rows - 1) * rowStride + (columns - 1) * columnStride;
    long elements = data.byteSize() / type.bytes();
    if (offset < 0 || last >= elements) {
      throw new IllegalArgumentException(
          name
              + ": ["
              + rows
              + ", "
              + columns
              + "] at "
              + offset
              + " reaches element "
              + last
              + " but the memory holds "
              + elements);
    }
    if ((type == ElementType.INT8) != scales.isPresent()) {
      throw new IllegalArgumentException(name + ": row scales belong to INT8, and only to it");
    }
  }

  @Override
  public StridedMatrix sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new StridedMatrix(
        name,
        to - from,
        columns,
        type,
        data,
        offset + from * rowStride,
        rowStride,
        columnStride,
        scales.map(s -> new RowScales(s.data(), s.offset() + from)));
  }

  @Override
  public StridedMatrix sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    return new StridedMatrix(
        name,
        rows,
        to - from,
        type,
        data,
        offset + from * columnStride,
        rowStride,
        columnStride,
        scales);
  }

  @Override
  public WeightFormat format() {
    return type == ElementType.INT8
        ? new WeightFormat.Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false)
        : new WeightFormat.Floats(type);
  }

  @Override
  public void read(int row, float[] into) {
    MatrixRows.unscaled(this, row, into);
    if (scales.isPresent()) {
      float scale = MatrixRows.scale(this, row);
      for (int c = 0; c < columns; c++) {
        into[c] *= scale;
      }
    }
  }
}
