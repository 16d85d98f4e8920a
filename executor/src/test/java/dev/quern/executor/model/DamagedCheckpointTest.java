package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit its configuration, or is not there, is refused at open, by name. */
final class DamagedCheckpointTest {
  private static final String K = "model.layers.1.self_attn.k_proj.weight";
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path folder;

  @Test
  void missingTensor() {
    assertRefused(c -> c.remove(K), "tensor " + K + ": missing; expected [32, 64]");
  }

  @Test
  void missingPartOfAnExpert() {
    assertRefused(
        c -> c.remove("model.layers.3.mlp.experts.7.up_proj.weight"),
        "tensor model.layers.3.mlp.experts.7.up_proj.weight: missing");
  }

  @Test
  void missingPartOfThePredictionLayer() {
    assertRefused(
        c -> c.remove("model.mtp_hidden_norm.0.weight"),
        "tensor model.mtp_hidden_norm.0.weight: missing; expected [64]");
  }

  @Test
  void missingHeadOfAnUntiedModel() {
    assertRefused(
        c -> c.config.put("tie_word_embeddings", false),
        "tensor lm_head.weight: missing; expected [512, 64]");
  }

  @Test
  void extraTensor() {
    assertRefused(
        c -> c.tensors.put("model.layers.4.input_layernorm.weight", norm(64)),
        "model.safetensors: tensor model.layers.4.input_layernorm.weight: F32 [64]: extra");
  }

  @Test
  void biasOfAProjectionIsExtra() {
    assertRefused(
        c -> c.tensors.put("model.layers.0.self_attn.q_proj.bias", norm(64)),
        "tensor model.layers.0.self_attn.q_proj.bias: F32 [64]: extra");
  }

  @Test
  void fusedTensorBesideItsPartsIsExtra() {
    assertRefused(
        c ->
            c.tensors.put(
                "model.layers.0.self_attn.qkv_proj.weight",
                StoredBytes.f32(new float[128 * 64], 128, 64)),
        "qkv_proj.weight: F32 [128, 64]: extra");
  }

  @Test
  void misshapedTensor() {
    assertRefused(
        c -> c.change(K, t -> t.withShape(16, 128)),
        "model.safetensors: tensor " + K + ": expected [32, 64] but found F32 [16, 128]");
  }

  @Test
  void oneTransposedTensorAmongManyIsMisshaped() {
    assertRefused(
        c -> c.change(K, StoredBytes::transposed),
        "tensor " + K + ": expected [32, 64] but found F32 [64, 32]");
  }

  @Test
  void misshapedNorm() {
    assertRefused(
        c -> c.tensors.put("model.norm.weight", norm(63)),
        "tensor model.norm.weight: expected [64] but found F32 [63]");
  }

  @Test
  void wrongNumberFormat() {
    assertRefused(
        c -> c.tensors.put(K, new StoredBytes("F64", new int[] {32, 64}, new byte[32 * 64 * 8])),
        "expected BF16, F16, F32, or I8 with scales but found F64 [32, 64]");
  }

  @Test
  void configurationOfAnotherModel() {
    EngineException error = refused(c -> c.config.put("hidden_size", 128));
    assertTrue(error.getMessage().contains("and "), error.getMessage());
    assertEquals(10, error.getMessage().lines().count(), error.getMessage());
  }

  @Test
  void truncatedFile() throws IOException {
    TestCheckpoint.read(Fixtures.golden("llama")).write(folder);
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1000));
    assertOpenFails("truncated: BF16");
  }

  @Test
  void missingShard() throws IOException {
    sharded();
    Files.delete(folder.resolve(TestCheckpoint.shardName(1, 3)));
    assertOpenFails("shard model-00002-of-00003.safetensors, which " + INDEX + " names for tensor");
  }

  @Test
  void indexNamesATensorThatItsShardLacks() throws IOException {
    sharded();
    rewriteIndex("\"weight_map\":{", "\"weight_map\":{\"x.weight\":\"%s\",".formatted(shard(0)));
    assertOpenFails(shard(0) + ": tensor x.weight is missing from this file, where ");
  }

  @Test
  void shardHoldsATensorThatTheIndexLacks() throws IOException {
    sharded();
    rewriteIndex("\"model.norm.weight\"", "\"model.other.weight\"");
    assertOpenFails("tensor model.norm.weight stands in this file but ");
  }

  @Test
  void indexPlacesATensorInAnotherShard() throws IOException {
    sharded();
    rewriteIndex(shard(0), shard(1));
    assertOpenFails("tensor model.embed_tokens.weight is missing from this file, where ");
  }

  @Test
  void tensorStoredTwice() {
    sharded();
    Map<String, StoredBytes> tensors = new LinkedHashMap<>();
    TestCheckpoint original = TestCheckpoint.read(Fixtures.golden("llama"));
    int next = 0;
    for (Map.Entry<String, StoredBytes> tensor : original.tensors.entrySet()) {
      if (next++ % 3 == 1 || tensor.getKey().equals("model.embed_tokens.weight")) {
        tensors.put(tensor.getKey(), tensor.getValue());
      }
    }
    TestCheckpoint.writeFile(folder.resolve(shard(1)), tensors);
    assertOpenFails("tensor model.embed_tokens.weight stands in this file but ");
  }

  @Test
  void indexThatLeavesTheFolder() throws IOException {
    sharded();
    rewriteIndex(shard(0), "../" + shard(0));
    assertOpenFails("expected the name of a file in this folder but found");
  }

  @Test
  void indexWithoutAMap() {
    sharded();
    TestCheckpoint.writeText(folder.resolve(INDEX), "{\"metadata\":{}}");
    assertOpenFails("expected an object weight_map");
  }

  @Test
  void singleFileBesideAnIndexOfOtherFiles() {
    sharded();
    TestCheckpoint.read(Fixtures.golden("llama")).write(folder);
    assertOpenFails("remove the one that is stale");
  }

  @Test
  void missingFolder() {
    assertOpenFails(folder.resolve("nowhere"), "no such folder; give the folder of a checkpoint");
  }

  @Test
  void fileInPlaceOfAFolder() {
    assertOpenFails(
        Fixtures.golden("llama").resolve("model.safetensors"),
        "expected a checkpoint folder or a .gguf file");
  }

  @Test
  void ggufFileThatDoesNotExist() {
    assertOpenFails(folder.resolve("model-Q4.gguf"), "no such file");
  }

  @Test
  void folderWithoutConfiguration() {
    assertOpenFails("no config.json in this folder");
  }

  @Test
  void folderWithoutWeights() {
    TestCheckpoint.read(Fixtures.golden("llama")).writeConfig(folder);
    assertOpenFails("expected model.safetensors or " + INDEX + " but found no weights");
  }

  @Test
  void folderWithWeightsOfAnotherFormat() {
    TestCheckpoint.read(Fixtures.golden("llama")).writeConfig(folder);
    TestCheckpoint.writeText(folder.resolve("pytorch_model.bin"), "x");
    assertOpenFails("but found [pytorch_model.bin]");
  }

  private void sharded() {
    TestCheckpoint.read(Fixtures.golden("llama")).writeSharded(folder, 3);
  }

  private static String shard(int k) {
    return TestCheckpoint.shardName(k, 3);
  }

  private void rewriteIndex(String from, String to) throws IOException {
    Path index = folder.resolve(INDEX);
    String text = Files.readString(index);
    assertTrue(text.contains(from), text);
    Files.writeString(index, text.replace(from, to));
  }

  private static StoredBytes norm(int length) {
    return StoredBytes.f32(new float[length], length);
  }

  private void assertRefused(Consumer<TestCheckpoint> change, String message) {
    String found = refused(change).getMessage();
    assertTrue(found.contains(message), found);
  }

  private EngineException refused(Consumer<TestCheckpoint> change) {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("ernie-moe-shared"));
    change.accept(checkpoint);
    checkpoint.write(folder);
    return assertThrows(EngineException.class, () -> Checkpoints.open(folder));
  }

  private void assertOpenFails(String message) {
    assertOpenFails(folder, message);
  }

  private static void assertOpenFails(Path path, String message) {
    var error = assertThrows(EngineException.class, () -> Checkpoints.open(path));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }
}
