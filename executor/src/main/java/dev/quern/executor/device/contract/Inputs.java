package dev.quern.executor.device.contract;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.BFloat16;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.SplittableRandom;

/** Random numbers and matrices of one case, the same for the same seed. */
public final class Inputs {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SplittableRandom random;

  Inputs(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Numbers of mean 0 and variance 1. */
  float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = unit();
    }
    return values;
  }

  /** Uniform over an interval of variance 1: cheap, since some cases draw 16 million. */
  private float unit() {
    return random.nextInt() * (1.7320508f / (1L << 31));
  }

  /** Integers in [0, bound). */
  int[] ints(int count, int bound) {
    return random.ints(count, 0, bound).toArray();
  }

  /** A random weight of any format. */
  HostMatrix weight(String name, WeightFormat format, int rows, int columns) {
    return format instanceof WeightFormat.Floats(ElementType type)
        ? matrix(name, type, rows, columns)
        : coded(name, format, rows, columns);
  }

  /** A random quantized weight. */
  HostMatrix coded(String name, WeightFormat format, int rows, int columns) {
    return new RandomCodes(name, rows, columns, format, random.nextLong());
  }

  /** A random weight of this type, row-major, in native memory. */
  StridedMatrix matrix(String name, ElementType type, int rows, int columns) {
    Arena arena = Arena.ofAuto();
    int count = Math.multiplyExact(rows, columns);
    MemorySegment data = arena.allocate((long) count * type.bytes(), 64);
    for (int i = 0; i < count; i++) {
      float value = unit();
      switch (type) {
        case F32 -> data.setAtIndex(FLOAT, i, value);
        case F16 -> data.setAtIndex(SHORT, i, Float.floatToFloat16(value));
        case BF16 -> data.setAtIndex(SHORT, i, BFloat16.fromFloat(value));
        case INT8 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(-127, 128));
        case INT32 -> throw new IllegalArgumentException("INT32 is no type of a weight");
      }
    }
    Optional<StridedMatrix.RowScales> scales = Optional.empty();
    if (type == ElementType.INT8) {
      MemorySegment rowScales = arena.allocate(4L * rows, 64);
      for (int r = 0; r < rows; r++) {
        rowScales.setAtIndex(FLOAT, r, (2 + unit()) / 128);
      }
      scales = Optional.of(new StridedMatrix.RowScales(rowScales, 0));
    }
    return new StridedMatrix(name, rows, columns, type, data, 0, columns, 1, scales);
  }
}
