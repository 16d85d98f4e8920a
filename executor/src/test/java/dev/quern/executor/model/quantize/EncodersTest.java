package dev.quern.executor.model.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Ccq;
import dev.quern.executor.device.WeightFormat.Fp8Blocks;
import dev.quern.executor.device.WeightFormat.Integers;
import dev.quern.executor.device.host.WeightCodes;
import dev.quern.executor.model.SafetensorsFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Encoders and decoders against golden/quant.safetensors, and their errors. */
final class EncodersTest {
  private static final Integers INT8 =
      new Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false);

  private final Encoders encoders = new Encoders();

  static List<WeightFormat> formats() {
    return List.of(
        INT8,
        new Integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, false),
        new Integers(4, 32, ElementType.F16, false),
        new Integers(4, 64, ElementType.F16, false),
        new Integers(4, 128, ElementType.F16, false),
        new Fp8Blocks(),
        new Ccq());
  }

  private static SafetensorsFile vectors(Arena arena) {
    try {
      return SafetensorsFile.open(
          Path.of(EncodersTest.class.getResource("/golden/quant.safetensors").toURI()), arena);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HostMatrix matrix(float[] values, int columns) {
    return new StridedMatrix(
        "m",
        values.length / columns,
        columns,
        ElementType.F32,
        MemorySegment.ofArray(values),
        0,
        columns,
        1,
        Optional.empty());
  }

  /** Normal numbers whose deviation changes along a row and between rows. */
  private static float[] normal(int rows, int columns, long seed) {
    var random = new java.util.Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      double deviation = 0.02 * (1 + 0.5 * Math.sin(row + i % columns / 64));
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  private record Row(byte[] codes, float[] scales, float[] offsets) {}

  private static Row codes(HostMatrix matrix, int row) {
    WeightFormat format = matrix.format();
    int columns = matrix.columns();
    Row result =
        new Row(
            new byte[format.codes(columns)],
            new float[format.scales(columns)],
            new float[format.offsets(columns)]);
    ((CodedMatrix) matrix).readCodes(row, result.codes(), result.scales(), result.offsets());
    return result;
  }

  private static float[] values(HostMatrix matrix, int row) {
    float[] values = new float[matrix.columns()];
    matrix.read(row, values);
    return values;
  }

  @Test
  void int8IsTheReferences() {
    encodesExactly("int8", INT8);
  }

  @Test
  void int4IsTheReferences() {
    encodesExactly("int4", new Integers(4, 32, ElementType.F32, false));
  }

  private void encodesExactly(String name, WeightFormat format) {
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = vectors(arena);
      int columns = (int) file.shape(name + ".input")[1];
      HostMatrix encoded = encoders.encode(matrix(file.floats(name + ".input"), columns), format);
      byte[] weights = file.bytes(name + ".weight");
      float[] scales = file.floats(name + ".weight_scale");
      int groups = format.scales(columns);
      assertEquals(weights.length / columns, encoded.rows());
      for (int row = 0; row < encoded.rows(); row++) {
        Row found = codes(encoded, row);
        assertArrayEquals(
            Arrays.copyOfRange(weights, row * columns, (row + 1) * columns),
            found.codes(),
            "row " + row);
        assertArrayEquals(
            Arrays.copyOfRange(scales, row * groups, (row + 1) * groups),
            found.scales(),
            "row " + row);
      }
    }
  }

  @Test
  void fp8DecodesToTheReferenceAndBack() {
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = vectors(arena);
      int rows = (int) file.shape("fp8.weight")[0];
      int columns = (int) file.shape("fp8.weight")[1];
      byte[] weights = file.bytes("fp8.weight");
      float[] scales = file.floats("fp8.weight_scale_inv");
      float[] expected = file.floats("fp8.expected");
      int blocks = new Fp8Blocks().scales(columns);
      float[] values = new float[columns];
      for (int row = 0; row < rows; row++) {
        byte[] codes = Arrays.copyOfRange(weights, row * columns, (row + 1) * columns);
        int block = row / 128 * blocks;
        WeightCodes.decode(
            new Fp8Blocks(),
            columns,
            codes,
            Arrays.copyOfRange(scales, block, block + blocks),
            new float[0],
            values);
        assertArrayEquals(Arrays.copyOfRange(expected, row * columns, (row + 1) * columns), values);
        for (byte code : codes) {
          assertEquals(code, Fp8Encoder.e4m3(WeightCodes.e4m3(code)));
        }
      }
    }
  }

  @Test
  void fp8TakesTheNearestTiesToEvenAndStopsAt448() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      float value = (float) Math.scalb(random.nextDouble(1, 2), random.nextInt(-12, 9));
      int code = Fp8Encoder.e4m3(value) & 0xff;
      float distance = Math.abs(WeightCodes.e4m3((byte) code) - value);
      for (int other = Math.max(0, code - 1); other <= Math.min(0x7e, code + 1); other++) {
        assertTrue(
            distance <= Math.abs(WeightCodes.e4m3((byte) other) - value),
            () -> value + " became " + code);
      }
    }
    assertEquals(0x7e, Fp8Encoder.e4m3(1e9f));
    assertEquals((byte) 0xfe, Fp8Encoder.e4m3(-1e9f));
    assertEquals(0x38, Fp8Encoder.e4m3(1.0625f), "between 1 and 1.125, whose code is odd");
    assertEquals(0x3a, Fp8Encoder.e4m3(1.1875f), "between 1.125 and 1.25");
  }

  @Test
  void fp8ScalesAreThoseOfTheWholeBlock() {
    float[] values = normal(200, 320, 4);
    values[150 * 320 + 200] = 8; // block (1, 1)
    HostMatrix encoded = encoders.encode(matrix(values, 320), new Fp8Blocks());
    assertEquals(8f / 448, codes(encoded, 128).scales()[1]);
    assertEquals(8f / 448, codes(encoded.sliceRows(190, 200), 3).scales()[1]);
    assertTrue(codes(encoded, 127).scales()[1] < 1f / 448);
    assertEquals(8f, values(encoded, 150)[200]);
  }

  @Test
  void wint2DecodesToTheReference() {
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = vectors(arena);
      int inputs = (int) file.shape("wint2.expected")[0];
      int outputs = (int) file.shape("wint2.expected")[1];
      byte[] bytes = file.bytes("wint2.bytes");
      byte[] locals = file.bytes("wint2.local_scale");
      float[] expected = file.floats("wint2.expected");
      float[] values = new float[inputs];
      for (int n = 0; n < outputs; n++) {
        byte[] codes = new byte[inputs / 4];
        for (int i = 0; i < codes.length; i++) {
          codes[i] = bytes[i * outputs + n];
        }
        float[] scales = new float[new Ccq().scales(inputs)];
        for (int g = 0; g < scales.length; g++) {
          int pair = locals[g / 2 * outputs + n] & 0xff;
          scales[g] = g % 2 == 0 ? pair >> 4 : pair & 15;
        }
        float[] offsets = {
          file.floats("wint2.code_scale")[n],
          file.floats("wint2.code_zp")[n],
          file.floats("wint2.super_scales")[n]
        };
        WeightCodes.decode(new Ccq(), inputs, codes, scales, offsets, values);
        for (int k = 0; k < inputs; k++) {
          assertEquals(expected[k * outputs + n], values[k], "output " + n + " input " + k);
        }
      }
    }
  }

  @Test
  void wint2OfNormalNumbersHasAnErrorBelow11PercentOfTheVariance() {
    int columns = 512;
    float[] values = normal(16, columns, 5);
    HostMatrix encoded = encoders.encode(matrix(values, columns), new Ccq());
    double error = 0;
    double power = 0;
    for (int row = 0; row < 16; row++) {
      float[] decoded = values(encoded, row);
      for (int c = 0; c < columns; c++) {
        double difference = decoded[c] - values[row * columns + c];
        error += difference * difference;
        power += (double) values[row * columns + c] * values[row * columns + c];
      }
    }
    assertTrue(error / power < 0.11, () -> "error is a large part of the power");
  }

  @Test
  void theCcqSearchIsNearlyExhaustive() {
    var codebook = new CcqCodebook();
    var random = new java.util.Random(2);
    float[] four = new float[4];
    double found = 0;
    double least = 0;
    for (int i = 0; i < 5000; i++) {
      for (int r = 0; r < 4; r++) {
        four[r] = (float) random.nextGaussian() * CcqCodebook.DEVIATION;
      }
      found += codebook.distance(four, 0, codebook.nearest(four, 0));
      float best = Float.POSITIVE_INFINITY;
      for (int code = 0; code < 256; code++) {
        best = Math.min(best, codebook.distance(four, 0, code));
      }
      least += best;
    }
    assertTrue(found < least * 1.01, found + " against " + least);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void zerosStayZeroAndShortLastGroupsAreWhole(WeightFormat format) {
    float[] values = normal(3, 100, 6);
    Arrays.fill(values, 100, 200, 0);
    HostMatrix encoded = encoders.encode(matrix(values, 100), format);
    assertArrayEquals(new float[100], values(encoded, 1), Float.MIN_NORMAL);
    float[] decoded = values(encoded, 2);
    float most = 0;
    for (int c = 0; c < 100; c++) {
      most = Math.max(most, Math.abs(decoded[c] - values[200 + c]));
    }
    assertTrue(most < 0.04, "largest error " + most);
    assertTrue(decoded[99] != 0);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void aSliceHasTheCodesOfTheWhole(WeightFormat format) {
    HostMatrix whole = encoders.encode(matrix(normal(5, 512, 7), 512), format);
    HostMatrix part = whole.sliceColumns(128, 384).sliceRows(2, 5).sliceColumns(128, 256);
    for (int row = 0; row < 3; row++) {
      assertArrayEquals(Arrays.copyOfRange(values(whole, row + 2), 256, 384), values(part, row));
    }
    boolean wholeRow = format instanceof Integers i && i.group() == WeightFormat.WHOLE_ROW;
    if (!wholeRow) {
      assertThrows(IllegalArgumentException.class, () -> whole.sliceColumns(16, 512));
    }
  }

  @Test
  void scalesInHalfPrecisionAreRoundedBeforeTheCodes() {
    HostMatrix encoded =
        encoders.encode(
            matrix(normal(4, 128, 8), 128), new Integers(4, 64, ElementType.F16, false));
    for (int row = 0; row < 4; row++) {
      Row found = codes(encoded, row);
      for (float scale : found.scales()) {
        assertEquals(scale, Float.float16ToFloat(Float.floatToFloat16(scale)));
      }
      for (byte code : found.codes()) {
        assertTrue(Math.abs(code) <= 7, "code " + code);
      }
    }
  }

  @Test
  void whatHasTheFormatAlreadyIsLeftAlone() {
    HostMatrix encoded = encoders.encode(matrix(normal(2, 64, 9), 64), INT8);
    assertSame(encoded, encoders.encode(encoded, INT8));
  }

  @Test
  void whatCannotBeScaledIsNamed() {
    float[] values = {1e9f, 2, 3, 4};
    HostMatrix encoded =
        encoders.encode(matrix(values, 4), new Integers(4, 32, ElementType.F16, false));
    String message =
        assertThrows(IllegalArgumentException.class, () -> codes(encoded, 0)).getMessage();
    assertTrue(message.startsWith("m: row 0"), message);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void whatIsNoNumberIsNamedInEveryFormat(WeightFormat format) {
    for (float wrong : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      float[] values = normal(3, 128, 10);
      values[2 * 128 + 37] = wrong;
      HostMatrix encoded = encoders.encode(matrix(values, 128), format);
      for (HostMatrix part : List.of(encoded.sliceRows(1, 3), encoded.sliceRows(2, 3))) {
        String message =
            assertThrows(IllegalArgumentException.class, () -> codes(part, part.rows() - 1))
                .getMessage();
        assertTrue(message.startsWith("m: row 2, column 37 is " + wrong), message);
      }
    }
  }

  @Test
  void aBlockOfFp8WithAnotherRowThatIsNoNumberIsRefused() {
    float[] values = normal(3, 128, 11);
    values[2 * 128] = Float.POSITIVE_INFINITY;
    HostMatrix rows = encoders.encode(matrix(values, 128), new Fp8Blocks()).sliceRows(0, 2);
    String message =
        assertThrows(IllegalArgumentException.class, () -> codes(rows, 0)).getMessage();
    assertTrue(message.startsWith("m: row 2, column 0 is Infinity"), message);
  }
}
