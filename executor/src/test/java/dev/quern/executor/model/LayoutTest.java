package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One model in every stored layout gives the same tensors under the same names. */
final class LayoutTest {
  static final List<String> ERNIE =
      List.of("ernie-moe-shared", "ernie-moe-untied-bf16", "ernie-dense");

  private static final Pattern LINEAR = Pattern.compile(".*(_proj(\\.\\d+)?|lm_head)\\.weight");
  private static final Pattern ROUTER = Pattern.compile(".*\\.mlp\\.gate\\.weight");

  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("ERNIE")
  void paddleIsPrefixedFusedAndTransposed(String golden) {
    assertSameTensors(
        golden,
        checkpoint -> {
          fuse(checkpoint);
          transpose(checkpoint, LINEAR);
          transpose(checkpoint, ROUTER);
          prefix(checkpoint);
        });
  }

  @ParameterizedTest
  @FieldSource("ERNIE")
  void hybridIsPrefixedAndFusedButNotTransposed(String golden) {
    assertSameTensors(
        golden,
        checkpoint -> {
          fuse(checkpoint);
          prefix(checkpoint);
        });
  }

  @ParameterizedTest
  @FieldSource("ERNIE")
  void hybridMayKeepOnlyTheRouterTransposed(String golden) {
    assertSameTensors(
        golden,
        checkpoint -> {
          fuse(checkpoint);
          transpose(checkpoint, ROUTER);
          prefix(checkpoint);
        });
  }

  @ParameterizedTest
  @FieldSource("ERNIE")
  void transposedWithoutFusionOrPrefix(String golden) {
    assertSameTensors(golden, checkpoint -> transpose(checkpoint, LINEAR));
  }

  @Test
  void fusionMayBePartial() {
    assertSameTensors("ernie-moe-shared", checkpoint -> fuseAttention(checkpoint));
  }

  @Test
  void headMayBeTransposedOnItsOwn() {
    assertSameTensors(
        "ernie-moe-untied-bf16",
        checkpoint -> checkpoint.change("lm_head.weight", StoredBytes::transposed));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void shardsWithAnIndex(int shards) {
    for (String golden : List.of("ernie-moe-shared", "llama")) {
      TestCheckpoint.read(Fixtures.golden(golden)).writeSharded(folder, shards);
      assertSameTensors(golden, folder);
      deleteIndex();
    }
  }

  @Test
  void float32AsFloat16AndBfloat16() {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    float[] gate;
    float[] norm;
    try (Checkpoint original = Checkpoints.open(Fixtures.golden("ernie-moe-shared"))) {
      gate = Fixtures.values(original.tensor("model.layers.1.mlp.gate.weight"));
      norm = Fixtures.values(original.tensor("model.norm.weight"));
    }
    checkpoint.change("model.layers.1.mlp.gate.weight", t -> StoredBytes.bf16(gate, t.shape()));
    checkpoint.change("model.norm.weight", t -> StoredBytes.f16(norm, t.shape()));
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      HostMatrix router = read.tensor("model.layers.1.mlp.gate.weight");
      assertEquals(new WeightFormat.Floats(ElementType.BF16), router.format());
      assertArrayEquals(gate, Fixtures.values(router), 0.02f);
      assertEquals(
          new WeightFormat.Floats(ElementType.F16), read.tensor("model.norm.weight").format());
      assertArrayEquals(norm, Fixtures.values(read.tensor("model.norm.weight")), 0.002f);
    }
  }

  @Test
  void tensorsNeedNoAlignment() {
    assertSameTensors(
        "ernie-moe-shared",
        checkpoint -> {
          Map<String, StoredBytes> tensors = new LinkedHashMap<>(checkpoint.tensors);
          checkpoint.tensors.clear();
          // Three bytes in front put everything behind them at odd addresses.
          checkpoint.tensors.put(
              "model.layers.0.self_attn.rotary_emb.inv_freq",
              new StoredBytes("U8", new int[] {3}, new byte[3]));
          checkpoint.tensors.putAll(tensors);
        });
  }

  @Test
  void checkpointsMayLackTheCorrectionBias() {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    String bias = "model.layers.2.mlp.moe_statics.e_score_correction_bias";
    checkpoint.remove(bias);
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertTrue(read.optionalTensor(bias).isEmpty());
    }
  }

  @Test
  void correctionBiasMayBeAVector() {
    assertSameTensors(
        "ernie-moe-shared",
        checkpoint ->
            checkpoint.change(
                "model.layers.2.mlp.moe_statics.e_score_correction_bias", t -> t.withShape(8)));
  }

  @Test
  void rotaryFrequenciesAndTheTiedHeadMayStandUnread() {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("llama"));
    checkpoint.tensors.put(
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        new StoredBytes("F32", new int[] {4}, new byte[16]));
    checkpoint.tensors.put("lm_head.weight", checkpoint.tensors.get("model.embed_tokens.weight"));
    checkpoint.write(folder);
    assertSameTensors("llama", folder);
  }

  @Test
  void predictionLayerMayStandUnread() {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    checkpoint.config.remove("num_nextn_predict_layers");
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertEquals(0, read.config().mtpLayers());
      assertTrue(read.optionalTensor("model.mtp_linear_proj.0.weight").isEmpty());
    }
  }

  @Test
  void predictionLayerThatAnExportDroppedIsNotAskedFor() {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    checkpoint.tensors.keySet().removeIf(n -> n.contains(".mtp_"));
    checkpoint.write(folder);
    try (Checkpoint read = Checkpoints.open(folder)) {
      assertEquals(0, read.config().mtpLayers());
    }
  }

  private void assertSameTensors(String golden, Consumer<TestCheckpoint> change) {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden(golden));
    change.accept(checkpoint);
    checkpoint.write(folder);
    assertSameTensors(golden, folder);
  }

  private static void assertSameTensors(String golden, Path changed) {
    try (Checkpoint original = Checkpoints.open(Fixtures.golden(golden));
        Checkpoint read = Checkpoints.open(changed)) {
      assertEquals(original.config(), read.config());
      for (ExpectedTensor tensor : Inventory.of(original.config())) {
        HostMatrix expected = original.tensor(tensor.name());
        HostMatrix found = read.tensor(tensor.name());
        assertEquals(tensor.name(), found.name());
        assertEquals(
            List.of(expected.rows(), expected.columns()), List.of(found.rows(), found.columns()));
        assertArrayEquals(Fixtures.values(expected), Fixtures.values(found), tensor.name());
      }
    }
  }

  private void deleteIndex() {
    assertTrue(folder.resolve("model.safetensors.index.json").toFile().delete());
  }

  private static void prefix(TestCheckpoint checkpoint) {
    checkpoint.rename(name -> name.replaceFirst("^model\\.", "ernie."));
  }

  private static void transpose(TestCheckpoint checkpoint, Pattern names) {
    checkpoint.tensors.replaceAll(
        (name, tensor) -> names.matcher(name).matches() ? tensor.transposed() : tensor);
  }

  private static void fuse(TestCheckpoint checkpoint) {
    fuseAttention(checkpoint);
    for (String gate : names(checkpoint, ".gate_proj.weight")) {
      String prefix = gate.substring(0, gate.length() - "gate_proj.weight".length());
      StoredBytes fused =
          checkpoint.remove(gate).stacked(checkpoint.remove(prefix + "up_proj.weight"));
      checkpoint.tensors.put(prefix + "up_gate_proj.weight", fused);
    }
  }

  private static void fuseAttention(TestCheckpoint checkpoint) {
    for (String query : names(checkpoint, ".q_proj.weight")) {
      String prefix = query.substring(0, query.length() - "q_proj.weight".length());
      StoredBytes fused =
          checkpoint
              .remove(query)
              .stacked(checkpoint.remove(prefix + "k_proj.weight"))
              .stacked(checkpoint.remove(prefix + "v_proj.weight"));
      checkpoint.tensors.put(prefix + "qkv_proj.weight", fused);
    }
  }

  private static List<String> names(TestCheckpoint checkpoint, String suffix) {
    return checkpoint.tensors.keySet().stream().filter(n -> n.endsWith(suffix)).toList();
  }
}
