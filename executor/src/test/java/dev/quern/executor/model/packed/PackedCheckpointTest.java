package dev.quern.executor.model.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.cpu.FloatPanels;
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
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.StoredModel;
import dev.quern.executor.model.TensorNames;
import dev.quern.executor.model.plan.DeviceGroup;
import dev.quern.executor.model.plan.MemoryPlan;
import dev.quern.executor.model.plan.ModelSize;
import dev.quern.executor.model.plan.PlanReport;
import dev.quern.executor.model.plan.PlanRequest;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.executor.model.quantize.Quantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    return packed(SOURCE, "quantization", scheme);
  }

  private Path packed(Path source, String... quantization) {
    Path output = folder.resolve("packed");
    try (LoadedModel model = LoadedModel.open(options(source, quantization))) {
      new PackedWriter(source, model.checkpoint(), model.quantization()).write(output);
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
  @ValueSource(strings = {"none", "wint8", "wint4", "block_wise_fp8", "wint2", "w4a8", "w4a8c8"})
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

  @Test
  void slicesOfUnquantizedMatricesReadAsTheWhole() {
    Path output = packed("none");
    try (LoadedModel model = LoadedModel.open(options(output))) {
      FloatPanels whole = (FloatPanels) model.checkpoint().tensor("model.embed_tokens.weight");
      float[] values = values(whole);
      int columns = whole.columns();
      float[] part = values(whole.sliceRows(5, 71).sliceColumns(3, 20).sliceRows(1, 40));
      for (int i = 0; i < part.length; i++) {
        assertEquals(values[(6 + i / 17) * columns + 3 + i % 17], part[i]);
      }
      assertTrue(whole.sliceRows(64, 96).panels().isPresent());
      assertTrue(whole.sliceRows(64, whole.rows()).panels().isPresent());
      assertTrue(whole.sliceRows(64, 90).panels().isEmpty());
      assertTrue(whole.sliceRows(8, 40).panels().isEmpty());
      assertTrue(whole.sliceColumns(0, columns - 1).panels().isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensor-parallel-size=2", "device=reference", "device=cpu:java-plain"})
  void unquantizedPanelsAnswerWhereverTheyRun(String option) throws Exception {
    Path output = packed("none");
    String[] o = option.split("=");
    assertEquals(answer(options(SOURCE, o)), answer(options(output, o)));
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

  private static List<String> notices(EngineOptions options) {
    List<String> lines = new ArrayList<>();
    LocalEngine.open(options, lines::add).close();
    return lines;
  }

  @Test
  void theStoredSchemeIsNamedAndDecidesTheTypeOfTheCache() {
    Path output = packed("w4a8c8");
    String lines = String.join("\n", notices(options(output)));
    assertTrue(lines.contains("packed, packed in w4a8c8"), lines);
    assertTrue(lines.contains("as stored in w4a8c8") && lines.contains("(int8)"), lines);
    assertTrue(notices(options(output, "kv-cache-dtype", "f32")).toString().contains("(f32)"));
  }

  @Test
  void aSchemeForEachPartIsRemembered() throws IOException {
    Path config = folder.resolve("quantization.json");
    Files.writeString(config, "{\"dense\": \"wint4\", \"head\": \"wint8\", \"group_size\": 32}");
    Path output = packed(SOURCE, "quantization", "w4a8", "quantization-config", config.toString());
    try (LoadedModel model = LoadedModel.open(options(output))) {
      assertEquals("w4a8 {dense=wint4, head=wint8} groups of 32", model.quantization().label());
    }
    assertTrue(notices(options(output)).toString().contains("(f16)"));
  }

  @Test
  void thePlanCountsWhatIsStored() {
    Path output = packed("w4a8c8");
    PlanReport report = MemoryPlan.of(output, PlanRequest.sizes());
    assertEquals(1, report.schemes().size());
    assertEquals("as stored, w4a8c8", report.schemes().getFirst().note());
    var size = new ModelSize(StoredModel.read(SOURCE).config());
    long made = size.residentBytes(QuantizationScheme.W4A8C8);
    long stored = report.schemes().getFirst().residentBytes();
    // What no scheme converts is float32 here, and 16 bits where nothing is stored.
    assertTrue(stored > made && stored < size.residentBytes(QuantizationScheme.NONE) * 1.5);
    var wint4 =
        new PlanRequest(
            Optional.empty(),
            Optional.of(QuantizationScheme.WINT4),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());
    var e = assertThrows(EngineException.class, () -> MemoryPlan.of(output, wint4));
    assertTrue(e.getMessage().contains("packed weights"), e.getMessage());
  }

  @Test
  void whatDoesNotFitALittleDeviceIsNotToldToConvert() {
    var request =
        new PlanRequest(
            Optional.of(DeviceGroup.parse("1000000:1")),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.of(2));
    PlanReport report = MemoryPlan.of(packed("wint8"), request);
    assertFalse(report.fit().orElseThrow().fits());
    assertTrue(MemoryPlan.of(SOURCE, request).lines().toString().contains("--quantization"));
    assertFalse(report.lines().toString().contains("--quantization"), report.lines().toString());
  }

  @Test
  void oneOtherTensorIsAnotherFingerprint() {
    try (LoadedModel model = LoadedModel.open(options(SOURCE))) {
      var same = model.checkpoint();
      var other = new ChangedCheckpoint(same, "model.layers.1.mlp.experts.3.up_proj.weight");
      assertEquals(fingerprint(same, "a"), fingerprint(same, "b"));
      assertNotEquals(fingerprint(same, "c"), fingerprint(other, "d"));
    }
  }

  private String fingerprint(Checkpoint checkpoint, String name) {
    new PackedWriter(SOURCE, checkpoint, Quantization.NONE).write(folder.resolve(name));
    try (var packed = PackedCheckpoint.open(folder.resolve(name), true)) {
      return packed.fingerprint();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"moe_num_experts\" : 8 | \"moe_num_experts\" : 9 | experts.8.gate_proj.weight: missing; expected [",
        "\"moe_num_experts\" : 8 | \"moe_num_experts\" : 7 | experts.7.gate_proj.weight: [",
        "\"moe_num_experts\" : 8 | \"moe_num_experts\" : 7 | mlp.gate.weight: expected [7, ",
        "\"hidden_act\" : \"silu\" | \"hidden_act\" : \"gelu\" | hidden_act: \"gelu\" is not supported"
      })
  void anotherConfigurationIsRefused(String from, String to, String message) throws IOException {
    Path config = packed("wint8").resolve("config.json");
    String text = Files.readString(config);
    assertTrue(text.contains(from), text);
    Files.writeString(config, text.replace(from, to));
    var e =
        assertThrows(EngineException.class, () -> LoadedModel.open(options(config.getParent())));
    assertTrue(e.getMessage().contains(message), e.getMessage());
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
      channel.write(ByteBuffer.wrap("1".getBytes(java.nio.charset.StandardCharsets.US_ASCII)), 7);
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
