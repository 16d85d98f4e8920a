package dev.quern.executor.model;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Fp8Blocks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Rows of a stored E4M3 tensor [out, in] with a float32 multiplier a block of 128 x 128.
 *
 * @param data of the whole tensor
 * @param width inputs of a stored row
 * @param firstRow among the stored rows; blocks are counted from the first of those
 * @param firstColumn a multiple of 128
 * @param multipliers [blocks of rows, blocks of inputs]
 */
record Fp8Matrix(
    String name,
    int rows,
    int columns,
    MemorySegment data,
    int width,
    int firstRow,
    int firstColumn,
    MemorySegment multipliers)
    implements CodedMatrix {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  static Fp8Matrix of(
      String name,
      int rows,
      int columns,
      MemorySegment data,
      int firstRow,
      MemorySegment multipliers) {
    return new Fp8Matrix(name, rows, columns, data, columns, firstRow, 0, multipliers);
  }

  @Override
  public WeightFormat format() {
    return new Fp8Blocks();
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    Objects.checkIndex(row, rows);
    long stored = (long) firstRow + row;
    MemorySegment.copy(
        data, ValueLayout.JAVA_BYTE, stored * width + firstColumn, codes, 0, columns);
    long blocks = Math.ceilDiv(width, Fp8Blocks.BLOCK);
    long first = stored / Fp8Blocks.BLOCK * blocks + firstColumn / Fp8Blocks.BLOCK;
    for (int b = 0; b < format().scales(columns); b++) {
      scales[b] = multipliers.get(FLOAT, (first + b) * Float.BYTES);
    }
  }

  @Override
  public Fp8Matrix sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new Fp8Matrix(
        name, to - from, columns, data, width, firstRow + from, firstColumn, multipliers);
  }

  @Override
  public Fp8Matrix sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    if (from % Fp8Blocks.BLOCK != 0 || (to % Fp8Blocks.BLOCK != 0 && to != columns)) {
      throw new IllegalArgumentException(
          "%s: columns %d to %d cut a block of %d inputs that share a scale"
              .formatted(name, from, to, Fp8Blocks.BLOCK));
    }
    return new Fp8Matrix(
        name, rows, to - from, data, width, firstRow, firstColumn + from, multipliers);
  }
}
