package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.model.ModelConfig.Family;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The golden checkpoints and the embedded model open, and hold what their configurations say. */
final class GoldenCheckpointTest {
  @Test
  void mixtureWithSharedExpertsAndMtp() {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.golden("ernie-moe-shared"))) {
      assertEquals(
          new ModelConfig(
              Family.ERNIE4_5_MOE,
              512,
              64,
              128,
              4,
              4,
              2,
              16,
              512,
              1e-5f,
              500000.0,
              Rope.Style.INTERLEAVED,
              true,
              Optional.of(new MoeConfig(8, 3, 32, 2, 1, 3, 1, 1e-12)),
              1),
          checkpoint.config());
      assertEquals(8, checkpoint.tensor("model.layers.1.mlp.gate.weight").rows());
      assertEquals(
          1, checkpoint.tensor("model.layers.2.mlp.moe_statics.e_score_correction_bias").rows());
      assertEquals(128, checkpoint.tensor("model.mtp_linear_proj.0.weight").columns());
      assertEquals(
          64, checkpoint.tensor("model.layers.1.mlp.shared_experts.up_proj.weight").rows());
      assertEquals(Optional.empty(), checkpoint.optionalTensor("lm_head.weight"));
    }
  }

  @Test
  void untiedMixtureInBfloat16() {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.golden("ernie-moe-untied-bf16"))) {
      assertFalse(checkpoint.config().tiedHead());
      assertFalse(checkpoint.config().isMoe(1));
      assertTrue(checkpoint.config().isMoe(2));
      assertEquals(0, checkpoint.config().moe().orElseThrow().sharedExperts());
      assertEquals(
          new WeightFormat.Floats(ElementType.BF16), checkpoint.tensor("lm_head.weight").format());
    }
  }

  @Test
  void headDimensionLargerThanHiddenOverHeads() {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.golden("ernie-dense"))) {
      assertEquals(32, checkpoint.config().headDim());
      assertEquals(128, checkpoint.tensor("model.layers.0.self_attn.o_proj.weight").columns());
    }
  }

  @Test
  void llamaReadsItsOwnThetaAndEpsilon() {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.golden("llama"))) {
      assertEquals(100000.0, checkpoint.config().ropeTheta());
      assertEquals(1e-6f, checkpoint.config().rmsEps());
    }
  }

  @Test
  void embeddedModelIsQuantizedShardedAndWhole() {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.embeddedModel())) {
      assertEquals(30, checkpoint.config().layers());
      assertEquals(1, checkpoint.config().mtpLayers());
      HostMatrix embedding = checkpoint.tensor("model.embed_tokens.weight");
      assertEquals(49152, embedding.rows());
      assertEquals(Fixtures.INT8_ROWS, embedding.format());
      float[] row = Fixtures.values(embedding.sliceRows(2, 3));
      double norm =
          Math.sqrt(IntStream.range(0, row.length).mapToDouble(i -> row[i] * row[i]).sum());
      assertTrue(norm > 0.1 && norm < 100, "norm of an embedding: " + norm);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ernie-moe-shared", "ernie-moe-untied-bf16", "ernie-dense", "llama"})
  void expectationsAreReadAsNumbers(String name) {
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile expected =
          SafetensorsFile.open(Fixtures.golden(name).resolve("expected.safetensors"), arena);
      long[] prompt = expected.longs("prompt.1");
      assertEquals(7, prompt.length);
      assertArrayEquals(new long[] {7, 512}, expected.shape("logits.1"));
      assertEquals(7 * 512, expected.floats("logits.1").length);
      assertEquals(24, expected.longs("greedy.1").length);
    }
  }

  @Test
  void fingerprintsTellModelsApartAndAreStable() {
    assertEquals(fingerprint("llama"), fingerprint("llama"));
    assertNotEquals(fingerprint("llama"), fingerprint("ernie-dense"));
    assertEquals(64, fingerprint("llama").length());
  }

  @Test
  void closingTwiceIsHarmlessAndViewsEndWithTheCheckpoint() {
    Checkpoint checkpoint = Checkpoints.open(Fixtures.golden("llama"));
    HostMatrix norm = checkpoint.tensor("model.norm.weight");
    checkpoint.close();
    checkpoint.close();
    assertThrows(IllegalStateException.class, () -> Fixtures.values(norm));
  }

  @Test
  void unknownTensorIsAMistakeOfTheCaller() {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.golden("llama"))) {
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> checkpoint.tensor("model.layers.9.x.weight"));
      assertTrue(error.getMessage().contains("model.layers.9.x.weight"));
    }
  }

  private static String fingerprint(String name) {
    try (Checkpoint checkpoint = Checkpoints.open(Fixtures.golden(name))) {
      return checkpoint.fingerprint();
    }
  }
}
