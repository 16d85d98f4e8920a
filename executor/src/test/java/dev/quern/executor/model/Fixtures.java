package dev.quern.executor.model;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Test data and how to read it. */
final class Fixtures {

  /** One int8 a weight, one float32 scale a row. */
  static final WeightFormat INT8_ROWS =
      new WeightFormat.Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false);

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
    float[] row = new float[matrix.columns()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.read(r, row);
      System.arraycopy(row, 0, values, r * row.length, row.length);
    }
    return values;
  }
}
