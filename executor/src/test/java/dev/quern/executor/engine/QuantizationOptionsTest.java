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

  @Test
  void aGroupSizeWithoutInt4IsRefusedWithWhatTakesIt() throws IOException {
    String llama = golden("llama");
    String moe = golden("ernie-moe-shared");
    for (String[] wrong :
        new String[][] {
          {llama, "{\"group_size\": 32}", "none"},
          {llama, "{\"group_size\": 32}", "wint8"},
          {llama, "{\"dense\": \"wint8\", \"group_size\": 32}", "block_wise_fp8"},
          {llama, "{\"experts\": \"wint4\", \"group_size\": 32}", "none"},
          {moe, "{\"experts\": \"wint8\", \"group_size\": 32}", "w4a8"}
        }) {
      var options =
          options(wrong[0], "quantization-config", file(wrong[1]), "quantization", wrong[2]);
      String message =
          assertThrows(EngineException.class, () -> LoadedModel.open(options)).getMessage();
      assertTrue(message.contains("group_size") && message.contains(wrong[2]), message);
      assertTrue(message.contains("\"wint4\""), message);
    }
    var options = options(moe, "quantization-config", file("{\"group_size\": 32}"));
    assertThrows(EngineException.class, () -> LoadedModel.open(options));
    formats(
        options(moe, "quantization-config", file("{\"group_size\": 32}"), "quantization", "wint4"));
  }

  @Test
  void int8ActivationsNeedIntegerWeights() throws IOException {
    String model = golden("ernie-moe-shared");
    for (String scheme : List.of("none", "block_wise_fp8")) {
      var options = options(model, "quantization", scheme, "activations", "int8");
      String message = assertThrows(EngineException.class, () -> notices(options)).getMessage();
      assertTrue(message.startsWith("activations int8 needs integer weights"), message);
      assertTrue(message.contains("wint8") && message.contains("leave activations out"), message);
      assertTrue(message.contains("f32"), message);
      assertEquals(scheme.equals("block_wise_fp8"), message.contains("fp8 in blocks"), message);
    }
  }

  @Test
  void whatInt8ActivationsDoNotReachIsAnnounced() throws IOException {
    String model = golden("ernie-moe-shared");
    String some =
        notices(options(model, "quantization", "wint8", "activations", "int8")).toString();
    assertTrue(some.contains("products with f32 weights run in float32"), some);
    assertTrue(some.contains("(f16)"), some);
    String head = file("{\"head\": \"wint8\"}");
    String onlyHead =
        notices(options(model, "quantization-config", head, "activations", "int8")).toString();
    assertTrue(onlyHead.contains("(f32)"), "the cache follows the layers: " + onlyHead);
    String all =
        notices(
                options(
                    model,
                    "quantization",
                    "wint8",
                    "quantization-config",
                    head,
                    "activations",
                    "int8"))
            .toString();
    assertTrue(!all.contains("run in float32"), all);
    assertTrue(!notices(options(model, "quantization", "wint8")).toString().contains("float32"));
  }

  @Test
  void randomWeightsAreNotMapped() {
    var config = Path.of(golden("llama"), "config.json");
    var options = EngineOptions.parse(Map.of("load", "mmap"));
    String message =
        assertThrows(EngineException.class, () -> LoadedModel.random(config, options)).getMessage();
    assertTrue(message.contains("--load mmap") && message.contains("leave --load out"), message);
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
