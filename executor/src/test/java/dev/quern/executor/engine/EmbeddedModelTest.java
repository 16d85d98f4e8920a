package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The embedded model against what the published implementation generates from it in float32. */
final class EmbeddedModelTest {
  /** Two best logits closer than this may change places by rounding. */
  private static final double CLOSE = 0.05;

  static final String FOLDER = "embedded-model";

  /** A prompt of expected.json. */
  record Expected(
      String text, boolean chat, List<Integer> ids, List<Integer> greedy, double[] margin) {
    /** Steps before the first close decision. */
    int certain() {
      int step = 0;
      while (step < margin.length && margin[step] >= CLOSE) {
        step++;
      }
      return step;
    }
  }

  static List<Expected> expected() throws IOException {
    try (InputStream in = EmbeddedModelTest.class.getResourceAsStream("/embedded/expected.json")) {
      List<Expected> all = new ArrayList<>();
      for (JsonNode p : new ObjectMapper().readTree(in).get("prompts")) {
        JsonNode margin = p.get("margin");
        all.add(
            new Expected(
                p.get("text").asText(),
                p.get("chat").asBoolean(),
                ints(p.get("ids")),
                ints(p.get("greedy")),
                IntStream.range(0, margin.size())
                    .mapToDouble(i -> margin.get(i).asDouble())
                    .toArray()));
      }
      return all;
    }
  }

  private static List<Integer> ints(JsonNode array) {
    return IntStream.range(0, array.size()).mapToObj(i -> array.get(i).asInt()).toList();
  }

  @Test
  void greedyTokensAreThoseOfTheReferenceImplementation() throws Exception {
    List<Expected> expected = expected();
    assertEquals(40, expected.size());
    Map<String, String> options = Map.of("model", FOLDER, "activations", "f32");
    Map<Integer, List<Integer>> generated = new HashMap<>();
    try (GenerateEngine engine = LocalEngine.open(EngineOptions.parse(options))) {
      var greedy = TestOptions.maxTokens(32);
      var rows =
          expected.stream()
              .map(e ->
                  new PromptRow(
                      new Prompt.Text(List.of(PromptPart.value(e.text()))),
                      greedy.withChat(e.chat()),
                      0))
              .toList();
      try (Completions completions = engine.submit(new PromptBatch(List.of(), rows, false))) {
        for (Event event; (event = completions.next()) != null; ) {
          switch (event) {
            case Event.Prompted _ -> fail("no row asks for its prompt");
            case Event.Delta(int row, _, List<Integer> ids, _) ->
                generated.computeIfAbsent(row, _ -> new ArrayList<>()).addAll(ids);
            case Event.Done(int row, FinishReason reason, Usage usage, _, _) -> {
              assertEquals(expected.get(row).ids().size(), usage.promptTokens());
              if (reason == FinishReason.STOP) {
                generated.computeIfAbsent(row, _ -> new ArrayList<>()).add(2);
              }
            }
          }
        }
      }
    }
    int whole = 0;
    for (int k = 0; k < expected.size(); k++) {
      Expected e = expected.get(k);
      int certain = e.certain();
      assertEquals(e.greedy().subList(0, certain), generated.get(k).subList(0, certain), e.text());
      whole += e.greedy().equals(generated.get(k)) ? 1 : 0;
    }
    assertTrue(whole >= 34, whole + " of 40 prompts equal to the end, 34 wanted");
  }
}
