package dev.quern.executor.device.reference;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.FloatMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.BFloat16;
import dev.quern.executor.device.host.MatrixRows;
import dev.quern.executor.device.host.WeightCodes;

/** A weight in its stored precision, one Java array a row, decoded row by row. */
final class ReferenceWeight implements Weight {
  /** Stored numbers of a matrix. */
  private sealed interface Storage {
    record Floats(float[][] rows) implements Storage {}

    record Float16s(short[][] rows) implements Storage {}

    record BFloat16s(short[][] rows) implements Storage {}

    record Bytes(byte[][] rows, float[] scales) implements Storage {}

    record Codes(byte[][] rows, float[][] scales, float[][] offsets) implements Storage {}
  }

  private final String name;
  private final int rows;
  private final int columns;
  private final WeightFormat format;
  private final Storage storage;
  private final long bytes;
  private final Footprint footprint;
  private boolean closed;

  ReferenceWeight(HostMatrix matrix, Footprint footprint) {
    name = matrix.name();
    rows = matrix.rows();
    columns = matrix.columns();
    format = matrix.format();
    storage =
        switch (matrix) {
          case CodedMatrix coded -> codes(coded);
          case StridedMatrix strided -> store(strided);
          case FloatMatrix floats -> store(floats.strided());
        };
    bytes = bytes(matrix);
    this.footprint = footprint;
    footprint.add(bytes);
  }

  private static Storage codes(CodedMatrix matrix) {
    WeightFormat format = matrix.format();
    byte[][] codes = new byte[matrix.rows()][format.codes(matrix.columns())];
    float[][] scales = new float[matrix.rows()][format.scales(matrix.columns())];
    float[][] offsets = new float[matrix.rows()][format.offsets(matrix.columns())];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readCodes(r, codes[r], scales[r], offsets[r]);
    }
    return new Storage.Codes(codes, scales, offsets);
  }

  private static long bytes(HostMatrix matrix) {
    int columns = matrix.columns();
    WeightFormat format = matrix.format();
    long row =
        format instanceof WeightFormat.Floats floats
            ? (long) columns * floats.type().bytes()
            : format.codes(columns) + 4L * (format.scales(columns) + format.offsets(columns));
    return matrix.rows() * row;
  }

  private static Storage store(StridedMatrix matrix) {
    int rows = matrix.rows();
    int columns = matrix.columns();
    float[] row = new float[columns];
    return switch (matrix.type()) {
      case F32 -> {
        float[][] stored = new float[rows][columns];
        for (int r = 0; r < rows; r++) {
          MatrixRows.unscaled(matrix, r, stored[r]);
        }
        yield new Storage.Floats(stored);
      }
      case F16 -> {
        short[][] stored = new short[rows][columns];
        for (int r = 0; r < rows; r++) {
          MatrixRows.unscaled(matrix, r, row);
          for (int c = 0; c < columns; c++) {
            stored[r][c] = Float.floatToFloat16(row[c]);
          }
        }
        yield new Storage.Float16s(stored);
      }
      case BF16 -> {
        short[][] stored = new short[rows][columns];
        for (int r = 0; r < rows; r++) {
          MatrixRows.unscaled(matrix, r, row);
          for (int c = 0; c < columns; c++) {
            stored[r][c] = BFloat16.fromFloat(row[c]);
          }
        }
        yield new Storage.BFloat16s(stored);
      }
      case INT8 -> {
        byte[][] stored = new byte[rows][columns];
        float[] scales = new float[rows];
        for (int r = 0; r < rows; r++) {
          MatrixRows.unscaled(matrix, r, row);
          for (int c = 0; c < columns; c++) {
            stored[r][c] = (byte) row[c];
          }
          scales[r] = MatrixRows.scale(matrix, r);
        }
        yield new Storage.Bytes(stored, scales);
      }
      case INT32 ->
          throw new IllegalArgumentException(matrix.name() + ": INT32 is no type of a weight");
    };
  }

  WeightFormat format() {
    return format;
  }

  /** Decodes row {@code row} into the leading elements of {@code into}. */
  void read(int row, float[] into) {
    if (closed) {
      throw new IllegalStateException(name + ": weight is closed");
    }
    switch (storage) {
      case Storage.Floats floats -> System.arraycopy(floats.rows()[row], 0, into, 0, columns);
      case Storage.Float16s halves -> {
        for (int c = 0; c < columns; c++) {
          into[c] = Float.float16ToFloat(halves.rows()[row][c]);
        }
      }
      case Storage.BFloat16s halves -> {
        for (int c = 0; c < columns; c++) {
          into[c] = BFloat16.toFloat(halves.rows()[row][c]);
        }
      }
      case Storage.Bytes bytes -> {
        for (int c = 0; c < columns; c++) {
          into[c] = bytes.rows()[row][c] * bytes.scales()[row];
        }
      }
      case Storage.Codes coded ->
          WeightCodes.decode(
              format, columns, coded.rows()[row], coded.scales()[row], coded.offsets()[row], into);
    }
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
    return bytes;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      footprint.add(-bytes);
    }
  }
}
