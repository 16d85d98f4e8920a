package dev.quern.executor.model.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The container: what is read, and that damage is named. */
final class GgufFileTest {
  @TempDir Path folder;

  private static GgufWriter whole() {
    return new GgufWriter()
        .put("general.architecture", "llama")
        .put("a.count", 7)
        .put("a.eps", 1e-5f)
        .put("a.flag", true)
        .put("a.words", List.of("one", "zwei", "drei"))
        .put("a.numbers", List.of(3, 4))
        .floats("first", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
        .tensor("second", 8, new byte[34], 32);
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.gguf"), bytes);
  }

  private String error(byte[] bytes) throws IOException {
    Path file = write(bytes);
    try (Arena arena = Arena.ofConfined()) {
      String message =
          assertThrows(EngineException.class, () -> GgufFile.open(file, arena)).getMessage();
      assertTrue(message.startsWith(file.toString()), message);
      return message;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void valuesAndTensorsAreThoseOfTheFile(int version) throws IOException {
    Path path = write(whole().version(version).bytes());
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(path, arena);
      GgufMetadata metadata = file.metadata();
      assertEquals(Optional.of("llama"), metadata.text("general.architecture"));
      assertEquals(7, metadata.require("a.count", 1));
      assertEquals(1e-5f, (float) metadata.requireNumber("a.eps"));
      assertEquals(Optional.of(true), metadata.flag("a.flag"));
      assertEquals(Optional.of(List.of("one", "zwei", "drei")), metadata.texts("a.words"));
      assertEquals(Optional.of(List.of(3L, 4L)), metadata.integers("a.numbers"));
      GgufTensor first = file.tensors().get("first");
      assertEquals(List.of(3L, 2L), first.shape());
      assertArrayEquals(
          new float[] {1, 2, 3, 4, 5, 6}, first.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
      assertEquals(34, file.tensors().get("second").data().byteSize());
    }
  }

  @Test
  void aFileCutAnywhereIsAnErrorThatNamesIt() throws IOException {
    byte[] bytes = whole().bytes();
    for (int length = 0; length < bytes.length - 30; length += 3) {
      error(Arrays.copyOf(bytes, length));
    }
  }

  @Test
  void otherFilesAndVersionsAreNamed() throws IOException {
    assertTrue(error("PK this is a zip file".getBytes(StandardCharsets.UTF_8)).contains("magic"));
    assertTrue(error(whole().version(1).bytes()).contains("found 1"));
    assertTrue(error(whole().version(3 << 24).bytes()).contains("big-endian"));
  }

  @Test
  void aTypeThatIsNotReadIsNamedWithTheTensor() throws IOException {
    String message = error(whole().tensor("third", 20, new byte[18], 32).bytes());
    assertTrue(message.contains("third") && message.contains("IQ4_NL (20)"), message);
    assertTrue(message.contains("Q4_0"), message);
    assertTrue(error(whole().tensor("third", 99, new byte[18], 32).bytes()).contains("number 99"));
  }

  @Test
  void impossibleTensorsAreNamed() throws IOException {
    byte[] some = new byte[64];
    assertTrue(error(whole().tensorAt("odd", 0, 4, some, 16).bytes()).contains("odd"));
    assertTrue(error(whole().tensorAt("far", 0, 1 << 20, some, 16).bytes()).contains("far"));
    assertTrue(error(whole().tensorAt("minus", 0, -32, some, 16).bytes()).contains("minus"));
    assertTrue(error(whole().tensor("ragged", 2, some, 33).bytes()).contains("ragged"));
    assertTrue(error(whole().tensor("huge", 0, some, 1L << 40, 1L << 40).bytes()).contains("huge"));
    assertTrue(error(whole().tensor("zero", 0, some, 0).bytes()).contains("zero"));
    assertTrue(error(whole().tensor("first", 0, some, 16).bytes()).contains("first stands twice"));
    assertTrue(error(whole().put("a.count", 8).bytes()).contains("a.count stands twice"));
  }

  @Test
  void aKeyOfAnotherTypeIsNamed() throws IOException {
    GgufMetadata metadata = GgufFile.metadata(write(whole().bytes()));
    for (Runnable read :
        List.<Runnable>of(
            () -> metadata.require("a.flag", 1),
            () -> metadata.text("a.flag"),
            () -> metadata.texts("a.flag"))) {
      String message = assertThrows(EngineException.class, read::run).getMessage();
      assertTrue(message.contains("a.flag") && message.contains("true"), message);
    }
    assertTrue(
        assertThrows(EngineException.class, () -> metadata.require("a.missing", 1))
            .getMessage()
            .contains("a.missing is missing"));
  }
}
