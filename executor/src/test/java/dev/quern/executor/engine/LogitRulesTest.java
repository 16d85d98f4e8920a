package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.choice.Choices;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rules and reports that cannot work, and those of a checkpoint without a tokenizer. */
final class LogitRulesTest {
  private static final String MODEL = "src/test/resources/golden/ernie-moe-shared";
  private static final int VOCABULARY = 512;

  private static PromptRow row(GenerateOptions options) {
    return new PromptRow(new Prompt.Tokens(List.of(5, 6, 7)), options, 0);
  }

  private static LocalEngine open(String... more) {
    Map<String, String> options = new java.util.HashMap<>(Map.of("model", MODEL, "device", "cpu"));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return LocalEngine.open(EngineOptions.parse(options));
  }

  private static String refused(Runnable made) {
    return assertThrows(IllegalArgumentException.class, made::run).getMessage();
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertEquals(
        "logit_bias of token 7 must be in [-100, 100] but is 100.5",
        refused(() -> new LogitRules(Map.of(7, 100.5), List.of())));
    assertTrue(refused(() -> new LogitRules(Map.of(7, Double.NaN), List.of())).contains("is NaN"));
    assertTrue(refused(() -> new LogitRules(Map.of(), List.of(" "))).contains("bad_words"));
    assertEquals("top_logprobs must be in [0, 20] but is 21", refused(() -> Reported.answer(21)));
    GenerateOptions choosing = GenerateOptions.DEFAULT.withChoices(Choices.YES_NO);
    assertTrue(
        refused(() -> choosing.withReport(Reported.answer(1))).contains("choices do not go with"));
    assertTrue(
        refused(() -> choosing.withRules(new LogitRules(Map.of(1, 1.0), List.of())))
            .contains("choices do not go with"));
  }

  /** A row that bans all tokens must not take the engine with it. */
  @Test
  void aRowWithoutATokenLeftEndsAndTheEngineGoesOn() throws Exception {
    try (LocalEngine engine = open()) {
      var rules =
          new LogitRules(
              IntStream.range(0, VOCABULARY).boxed().collect(Collectors.toMap(i -> i, _ -> -100.0)),
              List.of());
      List<Reported> rows =
          Reported.run(
              engine,
              List.of(
                  row(GenerateOptions.DEFAULT.withRules(rules)),
                  row(GenerateOptions.DEFAULT.withTokens(0, 3))));
      String error = rows.get(0).done().getFirst().error().orElseThrow();
      assertTrue(error.contains("ban every token behind 0 tokens"), error);
      assertEquals(3, rows.get(1).ids().size());
      assertEquals(
          3,
          Reported.run(engine, List.of(row(GenerateOptions.DEFAULT.withTokens(0, 3))))
              .getFirst()
              .ids()
              .size());
    }
  }

  @Test
  void withoutATokenizerTokensHaveIdsOnlyAndBadWordsAreRefused() throws Exception {
    try (LocalEngine engine = open()) {
      var report = new TokenReport(OptionalInt.of(2), OptionalInt.of(1), false);
      var words = new LogitRules(Map.of(), List.of("no"));
      List<Reported> rows =
          Reported.run(
              engine,
              List.of(
                  row(GenerateOptions.DEFAULT.withTokens(0, 4).withReport(report)),
                  row(GenerateOptions.DEFAULT.withRules(words))));
      assertEquals(4, rows.get(0).logprobs().size());
      assertTrue(rows.get(0).tokens().allMatch(t -> t.text().isEmpty() && t.bytes().isEmpty()));
      assertEquals(List.of(5, 6, 7), rows.get(0).prompted().getFirst().tokenIds());
      String error = rows.get(1).done().getFirst().error().orElseThrow();
      assertTrue(error.contains("bad_words need a tokenizer"), error);
      assertTrue(
          refused(() -> engine.tokens().orElseThrow().text(List.of(5))).contains("no tokenizer"));
    }
  }

  @Test
  void twoRanksReportAndObeyAsOne() throws Exception {
    var report = new TokenReport(OptionalInt.of(3), OptionalInt.of(2), false);
    List<PromptRow> rows =
        List.of(
            row(GenerateOptions.DEFAULT.withTokens(0, 6).withReport(report)),
            row(
                Reported.sampled(1, 6)
                    .withReport(report)
                    .withRules(new LogitRules(Map.of(9, 4.0, 11, -100.0), List.of()))));
    List<Reported> one;
    try (LocalEngine engine = open()) {
      one = Reported.run(engine, rows);
    }
    try (LocalEngine engine = open("tensor-parallel-size", "2")) {
      List<Reported> two = Reported.run(engine, rows);
      for (int i = 0; i < rows.size(); i++) {
        assertEquals(one.get(i).ids(), two.get(i).ids());
        near(one.get(i).logprobs(), two.get(i).logprobs());
        near(
            one.get(i).prompted().getFirst().logprobs(),
            two.get(i).prompted().getFirst().logprobs());
      }
    }
  }

  private static void near(List<PositionLogprobs> expected, List<PositionLogprobs> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).token().id(), actual.get(i).token().id());
      assertEquals(expected.get(i).token().logprob(), actual.get(i).token().logprob(), 2e-4);
      assertEquals(expected.get(i).top().size(), actual.get(i).top().size());
    }
  }
}
