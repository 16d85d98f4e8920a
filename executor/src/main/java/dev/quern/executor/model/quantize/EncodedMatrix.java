package dev.quern.executor.model.quantize;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Ccq;
import dev.quern.executor.device.WeightFormat.Fp8Blocks;
import dev.quern.executor.device.WeightFormat.Integers;
import java.util.Objects;

/**
 * A matrix in another number format, made row by row as it is read. A slice has the codes and
 * scales that the whole has, so that tensor parallelism does not change the weights.
 */
public final class EncodedMatrix implements CodedMatrix {
  private final HostMatrix source;
  private final RowEncoder encoder;
  private final int firstRow;
  private final int rows;
  private final int firstColumn;
  private final int columns;

  private EncodedMatrix(
      HostMatrix source, RowEncoder encoder, int firstRow, int rows, int firstColumn, int columns) {
    this.source = source;
    this.encoder = encoder;
    this.firstRow = firstRow;
    this.rows = rows;
    this.firstColumn = firstColumn;
    this.columns = columns;
  }

  EncodedMatrix(HostMatrix source, RowEncoder encoder) {
    this(source, encoder, 0, source.rows(), 0, source.columns());
  }

  @Override
  public String name() {
    return source.name();
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
  public WeightFormat format() {
    return encoder.format();
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    Objects.checkIndex(row, rows);
    int width = source.columns();
    float[] values = new float[width];
    source.read(firstRow + row, values);
    if (columns == width) {
      encode(row, values, codes, scales, offsets);
      return;
    }
    byte[] allCodes = new byte[format().codes(width)];
    float[] allScales = new float[format().scales(width)];
    encode(row, values, allCodes, allScales, offsets);
    int firstCode = format() instanceof Ccq ? firstColumn / 4 : firstColumn;
    System.arraycopy(allCodes, firstCode, codes, 0, format().codes(columns));
    System.arraycopy(allScales, firstColumn / group(), scales, 0, format().scales(columns));
  }

  private void encode(int row, float[] values, byte[] codes, float[] scales, float[] offsets) {
    try {
      requireFinite(firstRow + row, values);
      encoder.encode(firstRow + row, values, codes, scales, offsets);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * No scale holds what is no number.
   *
   * @throws IllegalArgumentException naming row, column and value
   */
  static void requireFinite(int row, float[] values) {
    for (int c = 0; c < values.length; c++) {
      if (!Float.isFinite(values[c])) {
        throw new IllegalArgumentException(
            "row %d, column %d is %s: only finite weights can be quantized; keep this matrix unquantized, or repair the checkpoint"
                .formatted(row, c, values[c]));
      }
    }
  }

  /** Inputs that share a scale, or can only be cut together. */
  private int group() {
    return switch (format()) {
      case Integers integers -> integers.groupSize(source.columns());
      case Fp8Blocks _ -> Fp8Blocks.BLOCK;
      case Ccq _ -> Ccq.GROUP;
      case WeightFormat.Floats _ -> 1;
    };
  }

  @Override
  public EncodedMatrix sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new EncodedMatrix(source, encoder, firstRow + from, to - from, firstColumn, columns);
  }

  @Override
  public EncodedMatrix sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    boolean wholeRow =
        format() instanceof Integers integers && integers.group() == WeightFormat.WHOLE_ROW;
    boolean cut = from % group() != 0 || (to % group() != 0 && to != columns);
    if (cut && !wholeRow) {
      throw new IllegalArgumentException(
          "%s: columns %d to %d cut a group of %d inputs that share a scale (%s)"
              .formatted(name(), from, to, group(), format().label()));
    }
    return new EncodedMatrix(source, encoder, firstRow, rows, firstColumn + from, to - from);
  }
}
