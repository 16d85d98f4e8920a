package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedded model's perplexity on texts that training did not see. */
final class ScorerTest {
  private static JsonNode json(String name) throws IOException {
    try (InputStream in = ScorerTest.class.getResourceAsStream("/embedded/" + name)) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static List<int[]> heldOut() throws IOException {
    List<int[]> prompts = new ArrayList<>();
    for (JsonNode prompt : json("heldout.json").get("prompts")) {
      int[] ids = new int[prompt.size()];
      Arrays.setAll(ids, i -> prompt.get(i).asInt());
      prompts.add(ids);
    }
    return prompts;
  }

  private static double perplexity(String activations, String quantization) throws IOException {
    double[] sum = new double[2];
    var options =
        EngineOptions.parse(
            Map.of(
                "model",
                EmbeddedModelTest.FOLDER,
                "activations",
                activations,
                "quantization",
                quantization));
    try (Scorer scorer = Scorer.open(options, _ -> {})) {
      scorer.score(
          heldOut(),
          scored -> {
            assertEquals(scored.tokens().length, scored.argmax().length);
            assertEquals(scored.tokens().length - 1, scored.logprobs().length);
            sum[0] += Arrays.stream(scored.logprobs()).sum();
            sum[1] += scored.logprobs().length;
          });
    }
    return Math.exp(-sum[0] / sum[1]);
  }

  @Test
  void perplexityIsThatOfTheReferenceWithinATenthOfAPercentAndOnePercentInInt8() throws Exception {
    double reference = json("metrics.json").get("perplexity").asDouble();
    assertEquals(reference, perplexity("f32", "none"), reference * 0.001);
    double quantized = perplexity("auto", "none");
    assertTrue(quantized <= reference * 1.01, quantized + " against " + reference);
  }

  @ParameterizedTest
  @CsvSource({"wint8, 1.01", "wint4, 1.15"})
  void quantizationCostsNoMoreThanItMay(String scheme, double most) throws Exception {
    double reference = json("metrics.json").get("perplexity").asDouble();
    double quantized = perplexity("auto", scheme);
    assertTrue(quantized <= reference * most, quantized + " against " + reference);
  }

  @Test
  void whatCannotBeScoredIsNamed() {
    var options = EngineOptions.parse(Map.of("model", EmbeddedModelTest.FOLDER));
    try (Scorer scorer = Scorer.open(options, _ -> {})) {
      assertMessage("prompt 1 is empty", scorer, new int[] {1}, new int[0]);
      assertMessage("id 49152 at place 1 is not in [0, 49152)", scorer, new int[] {1, 49152});
      assertMessage("9000 tokens and the context holds 8192", scorer, new int[9000]);
    }
  }

  private static void assertMessage(String part, Scorer scorer, int[]... prompts) {
    String message =
        assertThrows(EngineException.class, () -> scorer.score(List.of(prompts), _ -> {}))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
