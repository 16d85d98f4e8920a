package dev.quern.executor.model.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.GenerationConfig;
import dev.quern.executor.model.decoder.GoldenRun.Setting;
import dev.quern.executor.model.gguf.GgufModels;
import dev.quern.executor.model.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GGUF files of the golden checkpoints give the published implementation's logits and tokens. */
final class GgufDecoderTest {
  @TempDir Path folder;

  private GgufWriter converted(String name) {
    try (Checkpoint checkpoint = Checkpoints.open(GoldenModel.folder(name))) {
      return GgufModels.of(checkpoint);
    }
  }

  private Path write(GgufWriter writer) throws IOException {
    return writer.write(folder.resolve("model.gguf"));
  }

  @ParameterizedTest
  @CsvSource({"llama", "ernie-dense", "ernie-moe-shared", "ernie-moe-untied-bf16"})
  void goldenLogitsExpertsAndTokens(String name) throws IOException {
    GoldenModel golden = GoldenModel.load(name);
    Path file = write(converted(name));
    try (Checkpoint checkpoint = Checkpoints.open(file);
        Device device = Devices.open("cpu", DeviceOptions.DEFAULT);
        var run =
            new GoldenRun(
                device, Communicator.single(), checkpoint, new Setting(true, 16, 4, true))) {
      var outcomes = run.run(golden.cases().stream().map(GoldenModel.Case::prompt).toList(), 24);
      for (int k = 0; k < outcomes.size(); k++) {
        GoldenDecoderTest.matches(golden.cases().get(k), outcomes.get(k), name + " prompt " + k);
      }
    }
  }

  private String error(GgufWriter writer) throws IOException {
    Path file = write(writer);
    String message =
        assertThrows(EngineException.class, () -> Checkpoints.open(file).close()).getMessage();
    assertTrue(message.startsWith(file.toString()), message);
    return message;
  }

  @Test
  void tensorsThatDoNotFitTheMetadataAreNamed() throws IOException {
    String extra = error(converted("llama").floats("blk.0.attn_q.bias", new float[8], 8));
    assertTrue(extra.contains("blk.0.attn_q.bias") && extra.contains("extra"), extra);
    String rope = error(converted("llama").floats("rope_freqs.weight", new float[4], 4));
    assertTrue(rope.contains("rope_freqs.weight"), rope);
    GgufWriter shape =
        new GgufWriter()
            .put("general.architecture", "llama")
            .put("llama.embedding_length", 4)
            .put("llama.block_count", 1)
            .put("llama.feed_forward_length", 8)
            .put("llama.context_length", 16)
            .put("llama.attention.head_count", 1)
            .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .floats("token_embd.weight", new float[40], 4, 10)
            .floats("output_norm.weight", new float[4], 4)
            .floats("blk.0.attn_norm.weight", new float[5], 5);
    String message = error(shape);
    assertTrue(message.contains("blk.0.attn_v.weight: missing; expected [4, 4]"), message);
    assertTrue(message.contains("attn_norm.weight: expected [4] but found F32 [5]"), message);
    assertTrue(message.contains("blk.0.attn_q.weight: missing; expected [4, 4]"), message);
  }

  @Test
  void architecturesAndKeysThatAreNotServedAreNamed() throws IOException {
    assertTrue(error(new GgufWriter().put("general.architecture", "gemma3")).contains("gemma3"));
    assertTrue(
        error(converted("llama").put("llama.rope.scaling.type", "yarn")).contains("\"yarn\""));
    assertTrue(error(converted("llama").put("llama.expert_count", 8)).contains("expert_count"));
    assertTrue(
        error(converted("ernie-moe-shared").put("ernie4_5-moe.expert_gating_func", 2))
            .contains("expert_gating_func 2"));
    assertTrue(error(converted("llama").put("split.count", 2)).contains("2 files"));
  }

  @Test
  void stopIdsAreTheEndsOfTextAndTurn() throws IOException {
    Path file =
        write(
            converted("llama")
                .put("tokenizer.ggml.eos_token_id", 2)
                .put("tokenizer.ggml.eot_token_id", 5));
    assertEquals(List.of(2, 5), GenerationConfig.read(file).eosIds());
    List<GenerationConfig> ofOpening = new ArrayList<>();
    Checkpoints.open(file, metadata -> ofOpening.add(GenerationConfig.of(metadata))).close();
    assertEquals(List.of(GenerationConfig.read(file)), ofOpening);
  }

  @Test
  void theFingerprintIsThatOfTheContents() throws IOException {
    String first;
    try (Checkpoint checkpoint = Checkpoints.open(write(converted("llama")))) {
      first = checkpoint.fingerprint();
    }
    Path moved = converted("llama").write(folder.resolve("other.gguf"));
    try (Checkpoint checkpoint = Checkpoints.open(moved)) {
      assertEquals(first, checkpoint.fingerprint());
    }
    Path other = write(converted("llama").put("general.name", "other"));
    try (Checkpoint checkpoint = Checkpoints.open(other)) {
      assertNotEquals(first, checkpoint.fingerprint());
    }
  }
}
