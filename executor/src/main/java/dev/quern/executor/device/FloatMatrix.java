package dev.quern.executor.device;

import dev.quern.executor.device.host.BFloat16;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/** An unquantized matrix in an order that no strides describe, read row by row. */
public non-sealed interface FloatMatrix extends HostMatrix {
  @Override
  WeightFormat.Floats format();

  /** The same numbers row by row, in memory that the collector frees. */
  default StridedMatrix strided() {
    ElementType type = format().type();
    int bytes = type.bytes();
    int columns = columns();
    MemorySegment data = Arena.ofAuto().allocate((long) rows() * columns * bytes, 64);
    var halves = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    var floats = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    float[] row = new float[columns];
    for (int r = 0; r < rows(); r++) {
      read(r, row);
      long at = (long) r * columns * bytes;
      for (int c = 0; c < columns; c++, at += bytes) {
        switch (type) {
          case F32 -> data.set(floats, at, row[c]);
          case F16 -> data.set(halves, at, Float.floatToFloat16(row[c]));
          case BF16 -> data.set(halves, at, BFloat16.fromFloat(row[c]));
          case INT8, INT32 -> throw new IllegalStateException(type + " among floating-point types");
        }
      }
    }
    return new StridedMatrix(name(), rows(), columns, type, data, 0, columns, 1, Optional.empty());
  }
}
