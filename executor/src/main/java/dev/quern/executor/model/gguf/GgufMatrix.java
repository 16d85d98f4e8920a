package dev.quern.executor.model.gguf;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Integers;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of a quantized GGUF tensor.
 *
 * @param data from the first byte of row 0 on
 * @param rowBytes from one row to the next
 * @param firstGroup where the columns begin within the stored rows, in groups that share a scale
 */
public record GgufMatrix(
    String name,
    GgufType type,
    int rows,
    int columns,
    MemorySegment data,
    long rowBytes,
    int firstGroup)
    implements CodedMatrix {

  public GgufMatrix {
    long needed = Math.multiplyExact(rowBytes, (long) rows);
    if (rows < 1 || columns < 1 || needed > data.byteSize()) {
      throw new IllegalArgumentException(
          "%s: [%d, %d] of %s needs %d bytes but the memory holds %d"
              .formatted(name, rows, columns, type, needed, data.byteSize()));
    }
  }

  /**
   * A matrix of consecutive rows of a tensor.
   *
   * @param tensor [columns, ..], fastest first
   * @param firstRow among all rows of the tensor
   */
  public static HostMatrix of(
      String name, GgufTensor tensor, long firstRow, int rows, int columns) {
    GgufType type = tensor.type();
    long rowBytes = type.rowBytes(columns);
    MemorySegment data = tensor.data().asSlice(firstRow * rowBytes, rows * rowBytes);
    return switch (type.format()) {
      case WeightFormat.Floats(ElementType element) ->
          new StridedMatrix(name, rows, columns, element, data, 0, columns, 1, Optional.empty());
      case Integers _, WeightFormat.Fp8Blocks _, WeightFormat.Ccq _ ->
          new GgufMatrix(name, type, rows, columns, data, rowBytes, 0);
    };
  }

  @Override
  public WeightFormat format() {
    return type.format();
  }

  private int group() {
    return ((Integers) type.format()).group();
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    Objects.checkIndex(row, rows);
    int group = group();
    int groupsPerBlock = type.blockElements() / group;
    MemorySegment stored = data.asSlice(row * rowBytes, rowBytes);
    for (int g = 0; g < columns / group; g++) {
      int from = firstGroup + g;
      long block = (long) (from / groupsPerBlock) * type.blockBytes();
      var target = new GgufBlocks.Target(codes, g * group, scales, offsets, g);
      GgufBlocks.decode(type, stored, block, from % groupsPerBlock, target);
    }
  }

  @Override
  public GgufMatrix sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new GgufMatrix(
        name, type, to - from, columns, data.asSlice(from * rowBytes), rowBytes, firstGroup);
  }

  @Override
  public GgufMatrix sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    if (from % group() != 0 || to % group() != 0) {
      throw new IllegalArgumentException(
          "%s: columns %d to %d cut a group of %d inputs that share a scale (%s)"
              .formatted(name, from, to, group(), type));
    }
    return new GgufMatrix(name, type, rows, to - from, data, rowBytes, firstGroup + from / group());
  }
}
