package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.WeightFormat.Fp8Blocks;
import dev.quern.executor.device.host.WeightCodes;
import dev.quern.executor.engine.EngineException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints stored in E4M3 with a multiplier a block of 128 x 128. */
final class Fp8CheckpointTest {
  /** The golden mixture's dense layer: 128 outputs of 64 inputs, and 64 outputs of 128. */
  private static final String GATE = "model.layers.0.mlp.gate_proj.weight";

  private static final String UP = "model.layers.0.mlp.up_proj.weight";
  private static final String DOWN = "model.layers.0.mlp.down_proj.weight";

  @TempDir Path folder;

  private static byte[] elements(int count, int seed) {
    byte[] elements = new byte[count];
    for (int i = 0; i < count; i++) {
      int code = (i * 37 + seed * 11) % 256;
      elements[i] = (byte) ((code & 0x7f) == 0x7f ? 0 : code);
    }
    return elements;
  }

  private static float[] expected(byte[] elements, float scale) {
    float[] values = new float[elements.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = WeightCodes.e4m3(elements[i]) * scale;
    }
    return values;
  }

  private static TestCheckpoint quantized() {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    put(checkpoint, GATE, 128, 64, 1, 0.25f);
    put(checkpoint, UP, 128, 64, 2, 0.5f);
    put(checkpoint, DOWN, 64, 128, 3, 0.125f);
    ObjectNode config = checkpoint.config.putObject("quantization_config");
    config.put("quant_method", "fp8").put("fmt", "e4m3").put("activation_scheme", "dynamic");
    config.putArray("weight_block_size").add(128).add(128);
    return checkpoint;
  }

  private static void put(
      TestCheckpoint checkpoint, String name, int rows, int columns, int seed, float scale) {
    checkpoint.tensors.put(
        name,
        new StoredBytes("F8_E4M3", new int[] {rows, columns}, elements(rows * columns, seed)));
    checkpoint.tensors.put(name + "_scale_inv", StoredBytes.f32(new float[] {scale}, 1, 1));
  }

  @Test
  void weightIsElementTimesMultiplierOfItsBlock() {
    quantized().write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertEquals(new Fp8Blocks(), read.tensor(GATE).format());
      assertArrayEquals(expected(elements(128 * 64, 1), 0.25f), Fixtures.values(read.tensor(GATE)));
      assertArrayEquals(
          expected(elements(64 * 128, 3), 0.125f), Fixtures.values(read.tensor(DOWN)));
      assertArrayEquals(
          Arrays.copyOfRange(expected(elements(128 * 64, 1), 0.25f), 5 * 64, 7 * 64),
          Fixtures.values(read.tensor(GATE).sliceRows(5, 7)));
      assertThrows(IllegalArgumentException.class, () -> read.tensor(DOWN).sliceColumns(64, 128));
    }
  }

  @Test
  void fusedProjectionsHaveTheirOwnBlocks() {
    TestCheckpoint checkpoint = quantized();
    String fused = "model.layers.0.mlp.up_gate_proj.weight";
    checkpoint.tensors.put(fused, checkpoint.remove(GATE).stacked(checkpoint.remove(UP)));
    checkpoint.tensors.put(
        fused + "_scale_inv",
        checkpoint.remove(GATE + "_scale_inv").stacked(checkpoint.remove(UP + "_scale_inv")));
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertArrayEquals(expected(elements(128 * 64, 1), 0.25f), Fixtures.values(read.tensor(GATE)));
      assertArrayEquals(expected(elements(128 * 64, 2), 0.5f), Fixtures.values(read.tensor(UP)));
    }
  }

  @Test
  void thePlanKnowsHowItIsStored() {
    quantized().write(folder);
    assertEquals(new Fp8Blocks(), StoredModel.read(folder).quantized().orElseThrow());
  }

  @Test
  void whatDoesNotFitIsNamed() {
    assertRefused(
        c -> c.remove(GATE + "_scale_inv"), GATE + "_scale_inv: missing; expected [1, 1]");
    assertRefused(
        c -> c.change(GATE + "_scale_inv", t -> t.withShape(1)), "expected F32 [1, 1] but found");
    assertRefused(c -> c.config.remove("quantization_config"), "no quantization_config of fp8");
  }

  @Test
  void otherLayoutsAreNamed() {
    assertRefused(
        c -> fp8(c).putArray("weight_block_size").add(1).add(128), "weight_block_size [1,128]");
    assertRefused(c -> fp8(c).remove("weight_block_size"), "weight_block_size missing");
    assertRefused(c -> fp8(c).put("activation_scheme", "static"), "activation_scheme \"static\"");
    assertRefused(c -> fp8(c).put("fmt", "e5m2"), "fmt \"e5m2\"");
  }

  private static ObjectNode fp8(TestCheckpoint checkpoint) {
    return (ObjectNode) checkpoint.config.get("quantization_config");
  }

  private void assertRefused(Consumer<TestCheckpoint> change, String message) {
    TestCheckpoint checkpoint = quantized();
    change.accept(checkpoint);
    checkpoint.write(folder);
    var error = assertThrows(EngineException.class, () -> Checkpoints.open(folder));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }
}
