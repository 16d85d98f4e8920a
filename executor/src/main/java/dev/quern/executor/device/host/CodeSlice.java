package dev.quern.executor.device.host;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.WeightFormat;
import java.util.Objects;

/** Some rows and columns of a quantized matrix, read through it. */
public record CodeSlice(CodedMatrix whole, int firstRow, int rows, int firstColumn, int columns)
    implements CodedMatrix {

  /** All of a matrix. */
  public static CodeSlice of(CodedMatrix matrix) {
    return new CodeSlice(matrix, 0, matrix.rows(), 0, matrix.columns());
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public WeightFormat format() {
    return whole.format();
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    Objects.checkIndex(row, rows);
    WeightFormat format = format();
    int width = whole.columns();
    byte[] allCodes = new byte[format.codes(width)];
    float[] allScales = new float[format.scales(width)];
    float[] allOffsets = new float[format.offsets(width)];
    whole.readCodes(firstRow + row, allCodes, allScales, allOffsets);
    int code = firstColumn == 0 ? 0 : format.codes(firstColumn);
    System.arraycopy(allCodes, code, codes, 0, format.codes(columns));
    int group = wholeRowScale() ? 0 : firstColumn / unit();
    System.arraycopy(allScales, group, scales, 0, format.scales(columns));
    // CCQ's offsets belong to the row, those of integers to groups.
    int offset = format instanceof WeightFormat.Integers ? group : 0;
    System.arraycopy(allOffsets, offset, offsets, 0, format.offsets(columns));
  }

  private boolean wholeRowScale() {
    return format() instanceof WeightFormat.Integers i && i.group() == WeightFormat.WHOLE_ROW;
  }

  /** Consecutive columns that cannot be parted. */
  private int unit() {
    return switch (format()) {
      case WeightFormat.Integers i -> Math.max(1, i.group());
      case WeightFormat.Fp8Blocks _ -> WeightFormat.Fp8Blocks.BLOCK;
      case WeightFormat.Ccq _ -> WeightFormat.Ccq.GROUP;
      case WeightFormat.Floats _ -> 1;
    };
  }

  @Override
  public CodeSlice sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new CodeSlice(whole, firstRow + from, to - from, firstColumn, columns);
  }

  @Override
  public CodeSlice sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    if (from % unit() != 0 || (to % unit() != 0 && to != columns)) {
      throw new IllegalArgumentException(
          name() + ": columns " + from + " to " + to + " cut a group of " + unit());
    }
    return new CodeSlice(whole, firstRow, rows, firstColumn + from, to - from);
  }
}
