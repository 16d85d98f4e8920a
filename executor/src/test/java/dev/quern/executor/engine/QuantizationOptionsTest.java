package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.model.Checkpoint;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --quantization} and {@code --quantization-config} up to the formats of the weights. */
final class QuantizationOptionsTest {
  private static final String ATTENTION = "model.layers.1.self_attn.q_proj.weight";
  private static final String DENSE = "model.layers.0.mlp.down_proj.weight";
  private static final String SHARED = "model.layers.1.mlp.shared_experts.down_proj.weight";
  private static final String EXPERT = "model.layers.1.mlp.experts.3.down_proj.weight";
  private static final String LATER_EXPERT = "model.layers.3.mlp.experts.3.down_proj.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @TempDir Path folder;

  private static String golden(String name) {
    try {
      return Path.of(QuantizationOptionsTest.class.getResource("/golden/" + name).toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EngineOptions options(String model, String... more) {
    Map<String, String> values = new TreeMap<>(Map.of("model", model));
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return EngineOptions.parse(values);
  }

  private String file(String json) throws IOException {
    return Files.writeString(folder.resolve("quantization.json"), json).toString();
  }

  private static List<String> formats(EngineOptions options) {
    try (LoadedModel model = LoadedModel.open(options)) {
      Checkpoint checkpoint = model.checkpoint();
      return List.of(ATTENTION, DENSE, SHARED, EXPERT, LATER_EXPERT, EMBEDDING).stream()
          .map(name -> checkpoint.tensor(name).format().label())
          .toList();
    }
  }

  private static void assertFormats(String expected, EngineOptions options) {
    assertEquals(List.of(expected.split(", ")), formats(options));
  }

  @Test
  void aSchemeGivesEachPartItsFormat() {
    String model = golden("ernie-moe-shared");
    assertFormats("f32, f32, f32, f32, f32, f32", options(model, "quantization", "none"));
    assertFormats(
        "int8 per row, int8 per row, int8 per row, int8 per row, int8 per row, f32",
        options(model, "quantization", "wint8"));
    assertFormats(
        "int8 per row, int8 per row, int8 per row, int4 in groups of 32, int4 in groups of 32, f32",
        options(model, "quantization", "wint4"));
    assertFormats(
        "int8 per row, int8 per row, int8 per row, wint2 (CCQ), int4 per row, f32",
        options(model, "quantization", "wint2"));
  }

  @Test
  void aFileGivesPartsTheirOwn() throws IOException {
    String model = golden("ernie-moe-shared");
    String config =
        file(
            "{\"attention\": \"wint4\", \"dense\": \"wint2\", \"head\": \"wint8\", \"group_size\": 0}");
    assertFormats(
        "int4 per row, wint2 (CCQ), wint2 (CCQ), f32, f32, int8 per row",
        options(model, "quantization-config", config));
    assertFormats(
        "int4 per row, wint2 (CCQ), wint2 (CCQ), int4 per row, int4 per row, int8 per row",
        options(model, "quantization-config", config, "quantization", "w4a8"));
  }

  @Test
  void whatTheFileMayNotHoldIsNamed() throws IOException {
    String model = golden("llama");
    for (String[] wrong :
        new String[][] {
          {"{\"embedding\": \"wint8\"}", "unknown key \"embedding\""},
          {"{\"dense\": \"int5\"}", "quantization.json: dense: expected one of"},
          {"{\"group_size\": 48}", "group_size: expected 32, 64, 128"},
          {"[]", "expected a JSON object"},
          {"{", "not valid JSON"}
        }) {
      var options = options(model, "quantization-config", file(wrong[0]));
      String message =
          assertThrows(EngineException.class, () -> LoadedModel.open(options)).getMessage();
      assertTrue(message.contains(wrong[1]) && message.contains("quantization.json"), message);
    }
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> options(model, "quantization-config", "no-such.json"))
            .getMessage()
            .contains("no-such.json: there is no such file"));
  }

  @Test
  void wint2WithoutExpertsIsRefusedWithWhatWorks() {
    var options = options(golden("llama"), "quantization", "wint2");
    String message =
        assertThrows(EngineException.class, () -> LoadedModel.open(options)).getMessage();
    assertTrue(message.contains("wint4") && message.contains("--quantization-config"), message);
  }

  private static List<String> notices(EngineOptions options) {
    List<String> lines = new ArrayList<>();
    try (LocalEngine engine = LocalEngine.open(options, lines::add)) {
      lines.add(engine.model().fingerprint());
    }
    return lines;
  }

  @Test
  void convertingAStoredQuantizationWarnsWithBothNames() {
    String lines =
        String.join("\n", notices(options(EmbeddedModelTest.FOLDER, "quantization", "wint4")));
    assertTrue(lines.contains("warning") && lines.contains("int8 per row"), lines);
    assertTrue(lines.contains("converted to wint4"), lines);
    String same =
        String.join("\n", notices(options(EmbeddedModelTest.FOLDER, "quantization", "wint8")));
    assertTrue(!same.contains("warning"), same);
  }

  @Test
  void w4a8c8TakesAnInt8CacheUnlessAnotherIsAskedFor() {
    String model = golden("ernie-moe-shared");
    assertTrue(notices(options(model, "quantization", "w4a8c8")).toString().contains("(int8)"));
    assertTrue(
        notices(options(model, "quantization", "w4a8c8", "kv-cache-dtype", "f32"))
            .toString()
            .contains("(f32)"));
    assertTrue(notices(options(model, "quantization", "w4a8")).toString().contains("(f16)"));
  }

  @Test
  void theFingerprintTellsSchemesApart() {
    String model = golden("ernie-moe-shared");
    String stored = notices(options(model)).getLast();
    assertEquals(stored, notices(options(model, "quantization", "none")).getLast());
    assertNotEquals(stored, notices(options(model, "quantization", "wint8")).getLast());
  }
}
