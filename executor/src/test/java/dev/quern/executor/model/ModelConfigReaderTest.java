package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.ModelConfig.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations of the families, older and newer, and what is refused. */
final class ModelConfigReaderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MOE = "golden/ernie-moe-shared/config.json";
  private static final String DENSE = "configs/ernie-4.5-0.3b.json";
  private static final String LLAMA = "configs/smollm2-135m.json";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vocab_size",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "max_position_embeddings",
        "rms_norm_eps",
        "moe_num_experts",
        "moe_k",
        "moe_intermediate_size",
        "moe_num_shared_experts",
        "moe_layer_start_index",
        "moe_layer_interval"
      })
  void missingKeyIsNamed(String key) {
    assertRefused(MOE, c -> c.remove(key), key + " is missing; it changes the arithmetic");
  }

  @ParameterizedTest
  @ValueSource(strings = {DENSE, LLAMA})
  void missingThetaIsNamed(String model) {
    assertRefused(model, c -> c.remove("rope_theta"), "rope_theta is missing");
  }

  @Test
  void thetaStandsAtTheTopOrUnderRopeParameters() {
    assertEquals(500000.0, read(DENSE, c -> {}).ropeTheta());
    assertEquals(
        12345.0,
        read(
                DENSE,
                c -> {
                  c.remove("rope_theta");
                  c.putObject("rope_parameters")
                      .put("rope_theta", 12345)
                      .put("rope_type", "default");
                })
            .ropeTheta());
    assertRefused(
        DENSE,
        c -> c.putObject("rope_parameters").put("rope_theta", 10000.0),
        "rope_theta 500000.0 and rope_parameters.rope_theta 10000.0 differ");
  }

  @Test
  void headDimensionIsHiddenOverHeadsWhereItIsAbsent() {
    assertEquals(128, read(DENSE, c -> {}).headDim());
    assertEquals(64, read(DENSE, c -> c.remove("head_dim")).headDim());
    assertEquals(64, read(DENSE, c -> c.putNull("head_dim")).headDim());
  }

  @Test
  void llamaWithoutKvHeadsHasOneAHead() {
    assertEquals(9, read(LLAMA, c -> c.remove("num_key_value_heads")).kvHeads());
  }

  @Test
  void lastLayerWithExperts() {
    assertEquals(3, moe(c -> c.put("moe_layer_end_index", -1)).endIndex());
    assertEquals(3, moe(c -> c.remove("moe_layer_end_index")).endIndex());
    assertEquals(2, moe(c -> c.put("moe_layer_end_index", 2)).endIndex());
  }

  @Test
  void intervalCountsFromLayerOne() {
    MoeConfig moe = moe(c -> c.put("moe_layer_interval", 2).put("moe_layer_start_index", 0));
    assertFalse(moe.isMoe(0));
    assertTrue(moe.isMoe(1));
    assertFalse(moe.isMoe(2));
    assertTrue(moe.isMoe(3));
  }

  @Test
  void normMinHasItsPublishedDefault() {
    assertEquals(1e-12, moe(c -> c.remove("moe_norm_min")).normMin());
    assertEquals(1e-6, moe(c -> c.put("moe_norm_min", 1e-6)).normMin());
  }

  @ParameterizedTest
  @CsvSource({
    "Ernie4_5ForCausalLM, ERNIE4_5",
    "Ernie4_5_ForCausalLM, ERNIE4_5",
    "LlamaForCausalLM, LLAMA"
  })
  void architectureTellsTheFamilyWhereModelTypeIsAbsent(String architecture, Family family) {
    Consumer<ObjectNode> named = c -> c.putArray("architectures").add(architecture);
    assertEquals(family, read(DENSE, named.andThen(c -> c.remove("model_type"))).family());
    assertEquals(family, read(DENSE, named.andThen(c -> c.put("model_type", "ernie"))).family());
  }

  @Test
  void earlyArchitectureNameWithExpertsIsAMixture() {
    ModelConfig config =
        read(
            MOE,
            c -> {
              c.remove("model_type");
              c.putArray("architectures").add("Ernie4_5_ForCausalLM");
            });
    assertEquals(Family.ERNIE4_5_MOE, config.family());
    assertTrue(config.isMoe(1));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "use_bias; true",
        "attention_bias; true",
        "mlp_bias; true",
        "use_rmsnorm; false",
        "use_qk_norm; true",
        "rope_3d; true",
        "moe_norm_gate_logits; false",
        "hidden_act; \"gelu\"",
        "moe_gate; \"top2_fused\"",
        "moe_gate_act; \"sigmoid\"",
        "compression_ratio; 2.0",
        "partial_rotary_factor; 0.5",
        "rope_scaling; {\"type\":\"linear\",\"factor\":2.0}",
        "rope_parameters; {\"rope_theta\":500000.0,\"rope_type\":\"yarn\"}",
        "sliding_window; 4096",
        "vision_config; {\"depth\":32}",
        "moe_num_experts; [64,64]",
        "moe_intermediate_size; [1536,512]",
        "moe_layer_start_index; [1,1]",
        "rms_norm_eps; 0",
        "moe_k; 9",
        "moe_k; 2.5",
        "num_key_value_heads; 3",
        "num_attention_heads; \"four\"",
        "head_dim; 15",
        "moe_layer_start_index; 9",
        "use_moe; false",
        "num_nextn_predict_layers; -1",
        "tie_word_embeddings; \"yes\""
      })
  void settingThatIsNotServedIsRefusedByName(String key, String value) {
    assertRefused(MOE, c -> c.set(key, parse(value)), key);
  }

  @Test
  void listsAreThoseOfVisionLanguageModels() {
    assertRefused(
        MOE, c -> c.set("moe_num_experts", parse("[64,64]")), "only text models are supported");
  }

  @Test
  void settingsThatChangeNothingAreNot() {
    read(
        MOE,
        c -> {
          c.putNull("rope_scaling").putNull("sliding_window").put("use_bias", false);
          c.putArray("moe_capacity").add(64).add(64).add(64);
          c.put("moe_gate", "topk").put("compression_ratio", 1.0).put("use_moe", true);
        });
  }

  @Test
  void otherFamiliesAreRefusedWithThoseServed() {
    assertRefused(DENSE, c -> c.put("model_type", "qwen3"), "[ernie4_5, ernie4_5_moe, llama]");
    assertRefused(
        DENSE,
        c -> c.put("model_type", "llama"),
        "model_type \"llama\" with architectures [Ernie4_5ForCausalLM]");
    assertRefused(DENSE, c -> c.put("moe_num_experts", 8), "expected model_type ernie4_5_moe");
  }

  @Test
  void theWeightsTellWhetherTheHeadIsTiedWhereTheConfigurationDoesNot() {
    TestCheckpoint tied = TestCheckpoint.read(Fixtures.golden("ernie-dense"));
    tied.config.remove("tie_word_embeddings");
    tied.write(folder);
    assertTrue(openedConfig().tiedHead());
    tied.tensors.put("lm_head.weight", tied.tensors.get("model.embed_tokens.weight"));
    tied.write(folder);
    assertFalse(openedConfig().tiedHead());
    assertFalse(read(DENSE, c -> c.remove("tie_word_embeddings")).tiedHead());
  }

  @ParameterizedTest
  @CsvSource({"ernie-moe-shared, 2", "ernie-moe-untied-bf16, 0"})
  void theWeightsTellTheSharedExpertsWhereTheConfigurationDoesNot(String golden, int shared) {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden(golden));
    checkpoint.config.remove("moe_num_shared_experts");
    checkpoint.write(folder);
    assertEquals(shared, openedConfig().moe().orElseThrow().sharedExperts());
    assertEquals(shared, StoredModel.read(folder).config().moe().orElseThrow().sharedExperts());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"model_type\":", "{\"a\":1,\"a\":2}", "{} x"})
  void filesThatAreNoJsonObject(String text) {
    Path file = folder.resolve("config.json");
    TestCheckpoint.writeText(file, text);
    var error = assertThrows(EngineException.class, () -> ModelConfigReader.read(file));
    assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
  }

  private ModelConfig openedConfig() {
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      return checkpoint.config();
    }
  }

  private MoeConfig moe(Consumer<ObjectNode> change) {
    return read(MOE, change).moe().orElseThrow();
  }

  private void assertRefused(String model, Consumer<ObjectNode> change, String message) {
    var error = assertThrows(EngineException.class, () -> read(model, change));
    assertTrue(error.getMessage().contains(message), error.getMessage());
    assertTrue(error.getMessage().contains("config.json: "), error.getMessage());
  }

  private ModelConfig read(String model, Consumer<ObjectNode> change) {
    try {
      var config = (ObjectNode) parse(Files.readString(Fixtures.resource(model)));
      change.accept(config);
      Path file = folder.resolve("config.json");
      Files.writeString(file, config.toString());
      return ModelConfigReader.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
