package dev.quern.executor.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.model.RandomCheckpoint;
import dev.quern.executor.model.StoredModel;
import dev.quern.executor.model.decoder.KvSizes;
import dev.quern.executor.model.decoder.StepInput;
import dev.quern.executor.model.plan.QuantizationScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model small enough to count by hand: hidden 8, 2 heads of 4 over 1 KV head, a dense layer of
 * width 6 and one of 4 experts of width 3, top 2, with one shared expert; 10 ids, tied head.
 */
class ModelCostTest {
  static final String CONFIG =
      """
      {"model_type": "ernie4_5_moe", "vocab_size": 10, "hidden_size": 8, "intermediate_size": 6,
       "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4,
       "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "use_bias": false, "hidden_act": "silu",
       "moe_num_experts": 4, "moe_k": 2, "moe_intermediate_size": 3, "moe_num_shared_experts": 1,
       "moe_layer_start_index": 1, "moe_layer_end_index": 1, "moe_layer_interval": 1}
      """;

  // q 8x8, k and v 4x8, o 8x8
  private static final long ATTENTION = 64 + 32 + 32 + 64;
  private static final long DENSE = 3 * 6 * 8;
  private static final long EXPERT = 3 * 3 * 8;
  private static final long ROUTER = 4 * 8;
  private static final long HEAD = 10 * 8;
  private static final long TOKEN =
      ATTENTION + DENSE + ATTENTION + ROUTER + EXPERT + 2 * EXPERT; // shared, and two of four
  // Scores and values over 2 heads of 4, both layers.
  private static final long KEY = 2 * 2 * 4 * 2;
  // Keys and values of both layers: one head of 4, float16.
  private static final long KV_TOKEN = 2 * 2 * 4 * 2;

  @TempDir Path folder;

  private ModelCost cost(QuantizationScheme scheme) throws IOException {
    Path config = Files.writeString(folder.resolve("config.json"), CONFIG);
    var checkpoint = new RandomCheckpoint(StoredModel.read(config).config(), scheme);
    return new ModelCost(checkpoint, new KvSizes(8, 4, ElementType.F16));
  }

  /** Tokens 4 to 6 of one sequence, and the tenth token of one that shares its first block. */
  private static StepInput step() {
    return new StepInput(
        new int[4],
        new AttentionBatch(
            2, new int[] {0, 3, 4}, new int[] {4, 9}, new int[2][4], new int[] {0, 1}),
        new int[] {3});
  }

  @Test
  void multiplyAddsOfAStep() throws IOException {
    long keys = 5 + 6 + 7 + 10;
    assertEquals(4 * TOKEN + KEY * keys + HEAD, cost(QuantizationScheme.NONE).macs(step()));
  }

  @Test
  void weightsCountOnceAStepAndSharedKeysOnce() throws IOException {
    long weights = 2 * (ATTENTION + DENSE + ATTENTION + EXPERT) + 4 * ROUTER + 2 * HEAD;
    long tokens = 7 + (10 - 4);
    ModelCost cost = cost(QuantizationScheme.NONE);
    assertEquals(weights + tokens * KV_TOKEN, cost.bytes(step()));
    assertEquals(2 * EXPERT, cost.expertBytes(1));
    assertEquals(0, cost.expertBytes(0));
  }

  @Test
  void aStepWithoutLogitsReadsNoHead() throws IOException {
    var alone =
        new StepInput(
            new int[1],
            new AttentionBatch(1, new int[] {0, 1}, new int[1], new int[1][1], new int[1]),
            new int[0]);
    ModelCost cost = cost(QuantizationScheme.NONE);
    assertEquals(TOKEN + KEY, cost.macs(alone));
    assertEquals(
        2 * (ATTENTION + DENSE + ATTENTION + EXPERT) + 4 * ROUTER + KV_TOKEN, cost.bytes(alone));
  }

  @Test
  void quantizedWeightsCountWithTheirScales() throws IOException {
    // A byte a weight and four a row.
    long attention = ATTENTION + 4 * (8 + 4 + 4 + 8);
    long dense = DENSE + 4 * (6 + 6 + 8);
    long expert = EXPERT + 4 * (3 + 3 + 8);
    ModelCost cost = cost(QuantizationScheme.WINT8);
    assertEquals(
        2 * attention + dense + expert + 4 * ROUTER + 2 * HEAD + 13 * KV_TOKEN, cost.bytes(step()));
    assertEquals(expert, cost.expertBytes(1));
  }

  @Test
  void expertsHitByAnyRowCountOnce() throws IOException {
    var counter = new StepCounter();
    counter.start(cost(QuantizationScheme.NONE));
    counter.chosen(1, new int[][] {{0, 2}, {2, 3}, {0, 2}});
    assertEquals(3 * 2 * EXPERT, counter.bytes());
    assertEquals(0, counter.macs());
  }
}
