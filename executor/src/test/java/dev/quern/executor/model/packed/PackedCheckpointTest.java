package dev.quern.executor.model.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.LoadedModel;
import dev.quern.executor.engine.LocalEngine;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptRow;
import dev.quern.executor.model.TensorNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedCheckpointTest {
  private static final Path SOURCE = Path.of("src/test/resources/golden/ernie-moe-shared");

  @TempDir Path folder;

  private static EngineOptions options(Path model, String... more) {
    Map<String, String> values = new java.util.HashMap<>(Map.of("model", model.toString()));
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return EngineOptions.parse(values);
  }

  private Path packed(String scheme) {
    Path output = folder.resolve("packed");
    try (LoadedModel model = LoadedModel.open(options(SOURCE, "quantization", scheme))) {
      new PackedWriter(SOURCE, model.checkpoint(), scheme).write(output);
    }
    return output;
  }

  private static float[] values(HostMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    float[] row = new float[matrix.columns()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.read(r, row);
      System.arraycopy(row, 0, values, r * row.length, row.length);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "wint8", "wint4", "block_wise_fp8", "wint2"})
  void everyTensorReadsAsItWasWritten(String scheme) {
    Path output = packed(scheme);
    try (LoadedModel before = LoadedModel.open(options(SOURCE, "quantization", scheme));
        LoadedModel after = LoadedModel.open(options(output))) {
      assertEquals(before.checkpoint().config().layers(), after.checkpoint().config().layers());
      for (String name : TensorNames.of(after.checkpoint().config())) {
        var expected = before.checkpoint().optionalTensor(name);
        var found = after.checkpoint().optionalTensor(name);
        assertEquals(expected.isPresent(), found.isPresent(), name);
        if (expected.isPresent()) {
          assertEquals(expected.get().format(), found.get().format(), name);
          assertArrayEquals(values(expected.get()), values(found.get()), name);
        }
      }
    }
  }

  @Test
  void slicesReadAsTheWhole() {
    Path output = packed("wint4");
    try (LoadedModel model = LoadedModel.open(options(output))) {
      HostMatrix whole = model.checkpoint().tensor("model.layers.0.mlp.gate_proj.weight");
      float[] values = values(whole);
      int columns = whole.columns();
      assertArrayEquals(
          java.util.Arrays.copyOfRange(values, 64 * columns, 128 * columns),
          values(whole.sliceRows(64, 128)));
      assertTrue(whole.sliceRows(64, 128) instanceof PanelMatrix);
      assertArrayEquals(
          java.util.Arrays.copyOfRange(values, 5 * columns, 71 * columns),
          values(whole.sliceRows(5, 71)));
      HostMatrix grouped = model.checkpoint().tensor("model.layers.1.mlp.experts.0.up_proj.weight");
      assertThrows(IllegalArgumentException.class, () -> grouped.sliceColumns(3, 64));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mmap", "copy"})
  void answersAreThoseOfTheCheckpointQuantizedWhileLoading(String load) throws Exception {
    Path output = packed("wint4");
    assertEquals(
        answer(options(SOURCE, "quantization", "wint4", "threads", "2")),
        answer(options(output, "load", load, "threads", "2")));
  }

  private static List<Integer> answer(EngineOptions options) throws InterruptedException {
    try (LocalEngine engine = LocalEngine.open(options);
        Completions completions =
            engine.submit(
                new PromptBatch(
                    List.of(),
                    List.of(
                        new PromptRow(
                            new Prompt.Tokens(List.of(3, 141, 59, 26, 53)),
                            GenerateOptions.DEFAULT,
                            0)),
                    false))) {
      return ((Event.Delta) completions.next()).tokenIds();
    }
  }

  @Test
  void expertsBeginAtPagesAndLieTogether() {
    Path output = packed("wint4");
    try (var arena = java.lang.foreign.Arena.ofConfined()) {
      var tensors = PackedFile.open(output.resolve(PackedFile.NAME), arena).tensors();
      for (int e = 0; e < 8; e++) {
        String prefix = "model.layers.2.mlp.experts." + e + ".";
        PackedTensor gate = tensors.get(prefix + "gate_proj.weight");
        PackedTensor up = tensors.get(prefix + "up_proj.weight");
        assertEquals(0, gate.offset() % 4096);
        assertTrue(up.offset() - gate.offset() - gate.bytes() < 64);
        assertEquals(0, up.offset() % 64);
      }
    }
  }

  @Test
  void anExistingFolderIsLeftAlone() throws IOException {
    Path output = Files.createDirectory(folder.resolve("packed"));
    assertThrows(EngineException.class, () -> packed("wint8"));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(output), files.toList());
    }
  }

  @Test
  void aFileThatIsCutShortNamesTheTensor() throws IOException {
    Path file = packed("wint8").resolve(PackedFile.NAME);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }
    var e = assertThrows(EngineException.class, () -> LoadedModel.open(options(file.getParent())));
    assertTrue(e.getMessage().contains("model.norm.weight"), e.getMessage());
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    Path file = packed("wint8").resolve(PackedFile.NAME);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("2".getBytes(java.nio.charset.StandardCharsets.US_ASCII)), 7);
    }
    var e = assertThrows(EngineException.class, () -> LoadedModel.open(options(file.getParent())));
    assertTrue(e.getMessage().contains("quern quantize"), e.getMessage());
  }

  @Test
  void packedWeightsAreNotQuantizedAgainAndOthersAreNotMapped() {
    Path output = packed("wint8");
    var again =
        assertThrows(
            EngineException.class,
            () -> LoadedModel.open(options(output, "quantization", "wint4")));
    assertTrue(again.getMessage().contains("packed weights"), again.getMessage());
    var mapped =
        assertThrows(
            EngineException.class, () -> LoadedModel.open(options(SOURCE, "load", "mmap")));
    assertTrue(mapped.getMessage().contains("quern quantize"), mapped.getMessage());
    assertFalse(PackedCheckpoint.isIn(SOURCE));
  }
}
