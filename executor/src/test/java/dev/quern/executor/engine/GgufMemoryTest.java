package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.Weight;
import dev.quern.executor.model.gguf.GgufType;
import dev.quern.executor.model.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory plan counts the weights as they are packed, which takes more than some files hold. */
final class GgufMemoryTest {
  private static final int HIDDEN = 256;
  private static final int LAYERS = 2;
  private static final String[] MATRICES = {
    "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"
  };

  @TempDir Path folder;

  /** A model of zeros whose matrices are square, but for an embedding of 32 tokens in float32. */
  private Path model(GgufType type, int number) throws IOException {
    var writer =
        new GgufWriter()
            .put("general.architecture", "llama")
            .put("llama.embedding_length", HIDDEN)
            .put("llama.block_count", LAYERS)
            .put("llama.feed_forward_length", HIDDEN)
            .put("llama.context_length", 16)
            .put("llama.attention.head_count", 4)
            .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .floats("token_embd.weight", new float[32 * HIDDEN], HIDDEN, 32)
            .floats("output_norm.weight", new float[HIDDEN], HIDDEN);
    byte[] zeros = new byte[Math.toIntExact(HIDDEN * type.rowBytes(HIDDEN))];
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "blk." + layer + ".";
      writer
          .floats(prefix + "attn_norm.weight", new float[HIDDEN], HIDDEN)
          .floats(prefix + "ffn_norm.weight", new float[HIDDEN], HIDDEN);
      for (String name : MATRICES) {
        writer.tensor(prefix + name + ".weight", number, zeros, HIDDEN, HIDDEN);
      }
    }
    return writer.write(folder.resolve("model.gguf"));
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 0, 32, 32",
    "F16, 1, 16, 16",
    "BF16, 30, 16, 16",
    "Q4_0, 2, 4.5, 4.5",
    "Q4_1, 3, 5, 5",
    "Q5_0, 6, 5.5, 8.5",
    "Q5_1, 7, 6, 9",
    "Q8_0, 8, 8.5, 8.5",
    "Q4_K, 12, 4.5, 6",
    "Q5_K, 13, 5.5, 10",
    "Q6_K, 14, 6.5625, 10"
  })
  void weightsCountAsTheyArePacked(GgufType type, int number, double stored, double resident)
      throws IOException {
    Path file = model(type, number);
    double weights = (double) LAYERS * MATRICES.length * HIDDEN * HIDDEN;
    long floats = 4L * HIDDEN * (32 + 1 + 2 * LAYERS);
    long expected = (long) (weights * resident / 8) + floats;
    assertTrue(Files.size(file) - (weights * stored / 8 + floats) < 4096, "the rest is the header");
    var options = EngineOptions.parse(Map.of("model", file.toString()));
    try (LoadedModel model = LoadedModel.open(options);
        Device device = Devices.open("cpu", DeviceOptions.DEFAULT);
        Weight weight =
            device.pack(model.checkpoint().tensor("model.layers.0.self_attn.q_proj.weight"))) {
      assertEquals(expected, model.weightBytes());
      assertEquals((long) (HIDDEN * HIDDEN * resident / 8), weight.bytes(), "of a matrix");
    }
  }
}
