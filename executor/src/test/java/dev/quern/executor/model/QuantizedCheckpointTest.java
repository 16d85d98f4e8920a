package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.EngineException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints stored in 8 bits with one scale an output channel. */
final class QuantizedCheckpointTest {
  private static final String Q = "model.layers.0.self_attn.q_proj.weight";
  private static final String K = "model.layers.0.self_attn.k_proj.weight";
  private static final String V = "model.layers.0.self_attn.v_proj.weight";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16"})
  void weightIsElementTimesScaleOfItsRow(String scaleType) {
    TestCheckpoint checkpoint = quantized(scaleType);
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertEquals(Fixtures.INT8_ROWS, read.tensor(K).format());
      assertArrayEquals(expected(32, 1), Fixtures.values(read.tensor(K)));
      assertArrayEquals(row(expected(32, 1), 5), Fixtures.values(read.tensor(K).sliceRows(5, 6)));
    }
  }

  @Test
  void fusedProjectionsShareTheirScales() {
    TestCheckpoint checkpoint = quantized("BF16");
    StoredBytes weights =
        checkpoint.remove(Q).stacked(checkpoint.remove(K)).stacked(checkpoint.remove(V));
    StoredBytes scales =
        checkpoint
            .remove(Q + "_scale")
            .stacked(checkpoint.remove(K + "_scale"))
            .stacked(checkpoint.remove(V + "_scale"));
    String fused = "model.layers.0.self_attn.qkv_proj.weight";
    checkpoint.tensors.put(fused, weights);
    checkpoint.tensors.put(fused + "_scale", scales);
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertArrayEquals(expected(64, 0), Fixtures.values(read.tensor(Q)));
      assertArrayEquals(expected(32, 1), Fixtures.values(read.tensor(K)));
      assertArrayEquals(expected(32, 2), Fixtures.values(read.tensor(V)));
    }
  }

  @Test
  void scalesMayBeAVector() {
    TestCheckpoint checkpoint = quantized("F32");
    checkpoint.change(K + "_scale", t -> t.withShape(32));
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertArrayEquals(expected(32, 1), Fixtures.values(read.tensor(K)));
    }
  }

  @Test
  void missingScaleIsNamed() {
    assertRefused(c -> c.remove(K + "_scale"), K + "_scale: missing; expected [32, 1]");
  }

  @Test
  void misshapedScaleIsNamed() {
    assertRefused(
        c -> c.change(K + "_scale", t -> t.withShape(4, 8)),
        "expected F32 [32, 1] or [32] but found F32 [4, 8]");
  }

  @Test
  void scaleWithoutItsIntegersIsExtra() {
    assertRefused(
        c -> c.change(K, t -> StoredBytes.f32(new float[32 * 64], 32, 64)),
        K + "_scale: F32 [32, 1]: extra");
  }

  @Test
  void integersWithoutQuantizationConfigAreRefused() {
    assertRefused(c -> c.config.remove("quantization_config"), "has no quantization_config");
  }

  @Test
  void normsAreNeverIntegers() {
    assertRefused(
        c ->
            c.tensors.put("model.norm.weight", new StoredBytes("I8", new int[] {64}, new byte[64])),
        "model.norm.weight: expected BF16, F16 or F32 but found I8 [64]");
  }

  @Test
  void unknownMethodIsRefusedByName() {
    assertRefused(c -> quantization(c).put("quant_method", "gptq"), "quant_method \"gptq\"");
  }

  @Test
  void aConfigurationWithoutMethodIsQuotedWithWhatWorks() {
    // As in FastDeploy's checkpoints.
    assertRefused(
        c -> {
          quantization(c).removeAll();
          quantization(c)
              .put("quantization", "mix_quant")
              .put("dense_quant_type", "wint8")
              .put("moe_quant_type", "w4a8");
        },
        "expected a quant_method but found {\"quantization\":\"mix_quant\",\"dense_quant_type\":\"wint8\",\"moe_quant_type\":\"w4a8\"};");
    assertRefused(
        c -> quantization(c).removeAll().put("quantization", "wint4"), "--quantization wint4");
    assertRefused(
        c -> quantization(c).removeAll().putNull("quant_method").put("bits", 3),
        "--quantization one of wint8, block_wise_fp8, wint4");
  }

  @Test
  void unknownFormatIsRefusedByName() {
    assertRefused(
        c -> quantization(c).put("format", "pack-quantized"), "format \"pack-quantized\"");
  }

  @Test
  void otherNumbersOfBitsAreRefused() {
    assertRefused(c -> weights(c).put("num_bits", 4), "\"num_bits\":4");
  }

  @Test
  void asymmetricWeightsAreRefused() {
    assertRefused(c -> weights(c).put("symmetric", false), "\"symmetric\":false");
  }

  @Test
  void groupsAreRefused() {
    assertRefused(c -> weights(c).put("strategy", "group"), "\"strategy\":\"group\"");
  }

  @Test
  void staticActivationsAreRefused() {
    assertRefused(
        c ->
            ((ObjectNode) quantization(c).at("/config_groups/group_0"))
                .putObject("input_activations")
                .put("dynamic", false),
        "group_0.input_activations");
  }

  @Test
  void quantizedKeysAndValuesAreRefused() {
    assertRefused(
        c -> quantization(c).putObject("kv_cache_scheme").put("num_bits", 8), "kv_cache_scheme");
  }

  private void assertRefused(Consumer<TestCheckpoint> change, String message) {
    TestCheckpoint checkpoint = quantized("F32");
    change.accept(checkpoint);
    checkpoint.write(folder);
    var error = assertThrows(EngineException.class, () -> Checkpoints.open(folder));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  private static ObjectNode quantization(TestCheckpoint checkpoint) {
    return (ObjectNode) checkpoint.config.get("quantization_config");
  }

  private static ObjectNode weights(TestCheckpoint checkpoint) {
    return (ObjectNode) quantization(checkpoint).at("/config_groups/group_0/weights");
  }

  /** The golden mixture with integers in place of the first layer's q, k and v. */
  private static TestCheckpoint quantized(String scaleType) {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    quantize(checkpoint, Q, 64, 0, scaleType);
    quantize(checkpoint, K, 32, 1, scaleType);
    quantize(checkpoint, V, 32, 2, scaleType);
    ObjectNode config = checkpoint.config.putObject("quantization_config");
    config.put("quant_method", "compressed-tensors").put("format", "int-quantized");
    config
        .putObject("config_groups")
        .putObject("group_0")
        .putObject("weights")
        .put("num_bits", 8)
        .put("type", "int")
        .put("symmetric", true)
        .put("strategy", "channel");
    return checkpoint;
  }

  private static void quantize(
      TestCheckpoint checkpoint, String name, int rows, int seed, String scaleType) {
    checkpoint.tensors.put(name, new StoredBytes("I8", new int[] {rows, 64}, elements(rows, seed)));
    float[] scales = new float[rows];
    for (int row = 0; row < rows; row++) {
      scales[row] = scale(row, seed);
    }
    checkpoint.tensors.put(
        name + "_scale",
        switch (scaleType) {
          case "F16" -> StoredBytes.f16(scales, rows, 1);
          case "BF16" -> StoredBytes.bf16(scales, rows, 1);
          default -> StoredBytes.f32(scales, rows, 1);
        });
  }

  private static byte[] elements(int rows, int seed) {
    byte[] elements = new byte[rows * 64];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (byte) ((i * 37 + seed * 11) % 255 - 127);
    }
    return elements;
  }

  /** Exact in every float type. */
  private static float scale(int row, int seed) {
    return (row % 16 + 1 + seed) / 256f;
  }

  private static float[] expected(int rows, int seed) {
    byte[] elements = elements(rows, seed);
    float[] values = new float[elements.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements[i] * scale(i / 64, seed);
    }
    return values;
  }

  private static float[] row(float[] values, int row) {
    return Arrays.copyOfRange(values, row * 64, (row + 1) * 64);
  }
}
