package dev.quern.executor.device.host;

import dev.quern.executor.device.StridedMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads rows of a checkpoint's matrix as float32, through its strides. */
public final class MatrixRows {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private MatrixRows() {}

  /** Row {@code row} without row scales, into the first {@code columns} elements. */
  public static void unscaled(StridedMatrix matrix, int row, float[] into) {
    MemorySegment data = matrix.data();
    long at = matrix.offset() + row * matrix.rowStride();
    long step = matrix.columnStride();
    int columns = matrix.columns();
    switch (matrix.type()) {
      case F32 -> {
        for (int c = 0; c < columns; c++) {
          into[c] = data.get(FLOAT, 4 * (at + c * step));
        }
      }
      case F16 -> {
        for (int c = 0; c < columns; c++) {
          into[c] = Float.float16ToFloat(data.get(SHORT, 2 * (at + c * step)));
        }
      }
      case BF16 -> {
        for (int c = 0; c < columns; c++) {
          into[c] = BFloat16.toFloat(data.get(SHORT, 2 * (at + c * step)));
        }
      }
      case INT8 -> {
        for (int c = 0; c < columns; c++) {
          into[c] = data.get(ValueLayout.JAVA_BYTE, at + c * step);
        }
      }
      case INT32 -> {
        for (int c = 0; c < columns; c++) {
          into[c] = data.get(INT, 4 * (at + c * step));
        }
      }
    }
  }

  /** The row's scale: 1 where the type has none. */
  public static float scale(StridedMatrix matrix, int row) {
    return matrix
        .scales()
        .map(scales -> scales.data().get(FLOAT, 4 * (scales.offset() + row)))
        .orElse(1f);
  }
}
