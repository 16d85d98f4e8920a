package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals and caches are keyed by the fingerprint: other weights, other key. */
final class FingerprintTest {
  @TempDir Path folder;

  @Test
  void sameWhereverTheFolderStands() throws IOException {
    TestCheckpoint.read(Fixtures.golden("llama")).write(folder);
    String here = fingerprint(folder);
    Path elsewhere = folder.resolve("copy");
    Files.createDirectory(elsewhere);
    TestCheckpoint.read(folder).write(elsewhere);
    assertEquals(here, fingerprint(elsewhere));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.embed_tokens.weight", "model.norm.weight"})
  void changedByOneWeightAtEitherEnd(String tensor) {
    assertChanged(checkpoint -> checkpoint.tensors.get(tensor).bytes()[0] ^= 1);
  }

  @Test
  void changedByTheConfiguration() {
    assertChanged(checkpoint -> checkpoint.config.put("rms_norm_eps", 2e-6));
  }

  @Test
  void changedByANumberFormat() {
    assertChanged(checkpoint ->
        checkpoint.change("model.norm.weight", t -> new StoredBytes("F16", t.shape(), t.bytes())));
  }

  private void assertChanged(Consumer<TestCheckpoint> change) {
    TestCheckpoint checkpoint = TestCheckpoint.read(Fixtures.golden("llama"));
    checkpoint.write(folder);
    String before = fingerprint(folder);
    change.accept(checkpoint);
    checkpoint.write(folder);
    assertNotEquals(before, fingerprint(folder));
  }

  private static String fingerprint(Path folder) {
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      return checkpoint.fingerprint();
    }
  }
}
