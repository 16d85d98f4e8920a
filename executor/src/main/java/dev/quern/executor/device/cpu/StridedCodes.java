package dev.quern.executor.device.cpu;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.MatrixRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A strided INT8 matrix with row scales, read as codes. */
record StridedCodes(StridedMatrix matrix) implements CodedMatrix {
  @Override
  public String name() {
    return matrix.name();
  }

  @Override
  public int rows() {
    return matrix.rows();
  }

  @Override
  public int columns() {
    return matrix.columns();
  }

  @Override
  public WeightFormat format() {
    return matrix.format();
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    MemorySegment data = matrix.data();
    long at = matrix.offset() + row * matrix.rowStride();
    for (int c = 0; c < matrix.columns(); c++) {
      codes[c] = data.get(ValueLayout.JAVA_BYTE, at + c * matrix.columnStride());
    }
    scales[0] = MatrixRows.scale(matrix, row);
  }

  @Override
  public HostMatrix sliceRows(int from, int to) {
    return new StridedCodes(matrix.sliceRows(from, to));
  }

  @Override
  public HostMatrix sliceColumns(int from, int to) {
    return new StridedCodes(matrix.sliceColumns(from, to));
  }
}
