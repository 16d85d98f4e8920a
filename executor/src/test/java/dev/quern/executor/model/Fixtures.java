package dev.quern.executor.model;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.HostMatrix.RowScales;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Test data and how to read it. */
final class Fixtures {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private Fixtures() {}

  /** A folder of {@code src/test/resources/golden}. */
  static Path golden(String name) {
    return resource("golden/" + name);
  }

  static Path resource(String name) {
    URL url = Objects.requireNonNull(Fixtures.class.getResource("/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The embedded model; tests run in the folder of their module. */
  static Path embeddedModel() {
    return Path.of("embedded-model");
  }

  /** Row-major values of a view, dequantized. */
  static float[] values(HostMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    for (int row = 0; row < matrix.rows(); row++) {
      for (int column = 0; column < matrix.columns(); column++) {
        values[row * matrix.columns() + column] = value(matrix, row, column);
      }
    }
    return values;
  }

  private static float value(HostMatrix matrix, int row, int column) {
    long index = matrix.offset() + row * matrix.rowStride() + column * matrix.columnStride();
    return switch (matrix.type()) {
      case F32 -> matrix.data().get(FLOAT, index * Float.BYTES);
      case F16 -> Float.float16ToFloat(matrix.data().get(SHORT, index * Short.BYTES));
      case BF16 -> Float.intBitsToFloat(matrix.data().get(SHORT, index * Short.BYTES) << 16);
      case INT8 ->
          matrix.data().get(ValueLayout.JAVA_BYTE, index)
              * scale(matrix.scales().orElseThrow(), row);
      case INT32 -> throw new IllegalArgumentException(matrix.name() + ": INT32 weights");
    };
  }

  private static float scale(RowScales scales, int row) {
    return scales.data().getAtIndex(ValueLayout.JAVA_FLOAT, scales.offset() + row);
  }
}
