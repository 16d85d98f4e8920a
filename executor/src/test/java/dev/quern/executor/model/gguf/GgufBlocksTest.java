package dev.quern.executor.model.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat.Integers;
import dev.quern.executor.model.SafetensorsFile;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every tensor type against the values of the gguf package (resources/gguf/make_blocks.py). */
final class GgufBlocksTest {
  private static final int ROWS = 3;
  private static final int COLUMNS = 512;

  private static Path resource(String name) {
    try {
      return Path.of(GgufBlocksTest.class.getResource("/gguf/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(GgufType.class)
  void valuesAreExactWholeAndSliced(GgufType type) {
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(resource("blocks.gguf"), arena);
      float[] expected =
          SafetensorsFile.open(resource("expected.safetensors"), arena).floats(type.name());
      GgufTensor tensor = file.tensors().get(type.name());
      assertEquals(type, tensor.type());
      HostMatrix matrix = GgufMatrix.of(type.name(), tensor, 0, ROWS, COLUMNS);
      assertEquals(type.format(), matrix.format());
      for (int row = 0; row < ROWS; row++) {
        float[] values = Arrays.copyOfRange(expected, row * COLUMNS, (row + 1) * COLUMNS);
        assertArrayEquals(values, read(matrix, row), "row " + row);
        assertArrayEquals(
            values, read(GgufMatrix.of("one", tensor, row, 1, COLUMNS), 0), "from row " + row);
        assertArrayEquals(
            Arrays.copyOfRange(values, 96, 448),
            read(matrix.sliceRows(row, row + 1).sliceColumns(32, 480).sliceColumns(64, 416), 0),
            "slice of row " + row);
      }
    }
  }

  private static float[] read(HostMatrix matrix, int row) {
    float[] values = new float[matrix.columns()];
    matrix.read(row, values);
    return values;
  }

  @ParameterizedTest
  @EnumSource(GgufType.class)
  void codesStayInTheirRangeAndCutsInGroups(GgufType type) {
    try (Arena arena = Arena.ofConfined()) {
      GgufTensor tensor = GgufFile.open(resource("blocks.gguf"), arena).tensors().get(type.name());
      HostMatrix matrix = GgufMatrix.of(type.name(), tensor, 0, ROWS, COLUMNS);
      if (!(matrix instanceof CodedMatrix coded)) {
        return;
      }
      Integers format = (Integers) coded.format();
      byte[] codes = new byte[COLUMNS];
      coded.readCodes(
          1, codes, new float[format.scales(COLUMNS)], new float[format.offsets(COLUMNS)]);
      int least = format.bits() == 8 ? -128 : format.hasOffsets() ? 0 : -8;
      int most = format.bits() == 8 ? 127 : format.hasOffsets() ? 15 : 7;
      for (byte code : codes) {
        assertEquals(Math.clamp(code, least, most), code);
      }
      assertThrows(IllegalArgumentException.class, () -> matrix.sliceColumns(8, 32));
      assertThrows(IllegalArgumentException.class, () -> matrix.sliceColumns(0, 40));
      assertThrows(IndexOutOfBoundsException.class, () -> matrix.sliceRows(1, 4));
    }
  }
}
