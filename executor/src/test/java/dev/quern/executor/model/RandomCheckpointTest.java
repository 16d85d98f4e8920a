package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Integers;
import dev.quern.executor.model.plan.QuantizationScheme;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomCheckpointTest {
  private static final ModelConfig MIXTURE =
      ModelConfigReader.read(Fixtures.golden("ernie-moe-shared").resolve("config.json"));

  @ParameterizedTest
  @EnumSource
  void everyTensorHasItsShapeAndWeightsOfTheUsualSpread(QuantizationScheme scheme) {
    try (var checkpoint = new RandomCheckpoint(MIXTURE, scheme)) {
      for (ExpectedTensor expected : Inventory.of(checkpoint.config())) {
        if (expected.optional()) {
          assertTrue(checkpoint.optionalTensor(expected.name()).isEmpty());
          continue;
        }
        HostMatrix matrix = checkpoint.tensor(expected.name());
        assertEquals(expected.rows(), matrix.rows());
        assertEquals(expected.columns(), matrix.columns());
        float[] values = Fixtures.values(matrix);
        if (expected.role() == ExpectedTensor.Role.NORM) {
          float[] ones = new float[values.length];
          Arrays.fill(ones, 1f);
          assertArrayEquals(ones, values);
        } else {
          double deviation = deviation(values);
          assertTrue(
              deviation > 0.01 && deviation < 0.06, expected.name() + " deviates by " + deviation);
        }
      }
    }
  }

  private static double deviation(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float v : values) {
      sum += v;
      squares += (double) v * v;
    }
    double mean = sum / values.length;
    return Math.sqrt(squares / values.length - mean * mean);
  }

  @Test
  void schemesGiveTheFormatsOfTheDeployment() {
    try (var checkpoint = new RandomCheckpoint(MIXTURE, QuantizationScheme.WINT4)) {
      var int8 = new Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false);
      assertEquals(int8, format(checkpoint, "model.layers.0.self_attn.q_proj.weight"));
      assertEquals(int8, format(checkpoint, "model.layers.0.mlp.down_proj.weight"));
      assertEquals(int8, format(checkpoint, "model.layers.1.mlp.shared_experts.up_proj.weight"));
      assertEquals(
          new Integers(4, 64, ElementType.F16, false),
          format(checkpoint, "model.layers.1.mlp.experts.7.up_proj.weight"));
      assertEquals(
          new Integers(4, 32, ElementType.F16, false),
          format(checkpoint, "model.layers.1.mlp.experts.7.down_proj.weight"));
      assertEquals(
          new WeightFormat.Floats(ElementType.F32),
          format(checkpoint, "model.layers.1.mlp.gate.weight"));
      assertEquals(
          new WeightFormat.Floats(ElementType.BF16),
          format(checkpoint, "model.embed_tokens.weight"));
    }
    try (var checkpoint = new RandomCheckpoint(MIXTURE, QuantizationScheme.WINT2)) {
      assertEquals(
          new WeightFormat.Ccq(),
          format(checkpoint, "model.layers.2.mlp.experts.0.up_proj.weight"));
      assertEquals(
          new Integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, false),
          format(checkpoint, "model.layers.3.mlp.experts.0.up_proj.weight"));
    }
  }

  private static WeightFormat format(Checkpoint checkpoint, String name) {
    return checkpoint.tensor(name).format();
  }

  @Test
  void aMatrixReadsTheSameTwiceAndLikeItsSlices() {
    var format = new Integers(4, 32, ElementType.F16, false);
    var matrix = new RandomCodes("w", 5, 96, format, 7);
    float[] whole = Fixtures.values(matrix);
    assertArrayEquals(whole, Fixtures.values(new RandomCodes("w", 5, 96, format, 7)));
    assertFalse(Arrays.equals(whole, Fixtures.values(new RandomCodes("w", 5, 96, format, 8))));
    assertArrayEquals(
        Arrays.copyOfRange(whole, 2 * 96, 4 * 96), Fixtures.values(matrix.sliceRows(2, 4)));
    float[] right = new float[64];
    matrix.sliceColumns(32, 96).read(3, right);
    assertArrayEquals(Arrays.copyOfRange(whole, 3 * 96 + 32, 4 * 96), right);
    assertThrows(IllegalArgumentException.class, () -> matrix.sliceColumns(16, 96));
  }

  @Test
  void codesOfFourBitsTakeAllSixteenValues() {
    byte[] codes = new byte[1001];
    var matrix = new RandomCodes("w", 1, 1001, new Integers(4, 32, ElementType.F16, false), 3);
    matrix.readCodes(0, codes, new float[32], new float[0]);
    boolean[] seen = new boolean[16];
    for (byte code : codes) {
      seen[code + 8] = true; // fails for one out of range
    }
    for (int i = 0; i < 16; i++) {
      assertTrue(seen[i], "code " + (i - 8));
    }
  }

  @Test
  void weightBytesCountEveryTensorInItsFormat() {
    try (var checkpoint = new RandomCheckpoint(MIXTURE, QuantizationScheme.WINT8)) {
      long linears = 0;
      long others = 0;
      for (ExpectedTensor t : Inventory.of(checkpoint.config())) {
        long elements = (long) t.rows() * t.columns();
        switch (t.role()) {
          case LINEAR -> linears += elements + 4L * t.rows();
          case ROUTER, NORM -> others += 4 * elements;
          case EMBEDDING, HEAD -> others += 2 * elements;
          case CORRECTION_BIAS -> {}
        }
      }
      assertEquals(linears + others, checkpoint.weightBytes());
    }
  }
}
