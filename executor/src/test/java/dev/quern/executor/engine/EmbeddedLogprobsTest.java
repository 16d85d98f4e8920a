package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probabilities that rows on the embedded model report. */
final class EmbeddedLogprobsTest {
  private static final List<String> TEXTS =
      List.of("The capital of France is", "Once upon a time", "One two three", "\uD83E\uDD8A");
  private static LocalEngine engine;

  @BeforeAll
  static void open() {
    engine = Reported.open();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static List<PromptRow> rows(GenerateOptions options) {
    return TEXTS.stream().map(text -> Reported.row(text, options)).toList();
  }

  /** The scorer's log-probability of each token behind the first, of prompt and answer. */
  private static double[] scored(List<Integer> prompt, List<Integer> answer) {
    int[] ids = Stream.concat(prompt.stream(), answer.stream()).mapToInt(id -> id).toArray();
    double[][] found = new double[1][];
    var options = EngineOptions.parse(Map.of("model", EmbeddedModelTest.FOLDER, "device", "cpu"));
    try (Scorer scorer = Scorer.open(options, _ -> {})) {
      scorer.score(List.of(ids), s -> found[0] = s.logprobs());
    }
    return found[0];
  }

  @Test
  void logprobsOfPromptAndAnswerAreTheScorers() throws Exception {
    var report = new TokenReport(OptionalInt.of(5), OptionalInt.of(3), false);
    for (Reported row :
        Reported.run(engine, rows(GenerateOptions.DEFAULT.withTokens(0, 12).withReport(report)))) {
      Event.Prompted prompt = row.prompted().getFirst();
      double[] expected = scored(prompt.tokenIds(), row.ids());
      int first = prompt.tokenIds().size() - 1;
      assertEquals(first, prompt.logprobs().size());
      assertEquals(prompt.tokenIds().size(), row.done().getFirst().usage().promptTokens());
      for (int i = 0; i < first; i++) {
        PositionLogprobs at = prompt.logprobs().get(i);
        assertEquals(prompt.tokenIds().get(i + 1), at.token().id());
        assertEquals(expected[i], at.token().logprob(), 1e-3);
        assertEquals(3, at.top().size());
      }
      assertEquals(row.ids(), row.tokens().map(TokenLogprob::id).toList());
      for (int i = 0; i < row.ids().size(); i++) {
        PositionLogprobs at = row.logprobs().get(i);
        assertEquals(expected[first + i], at.token().logprob(), 1e-3);
        assertEquals(at.token(), at.top().getFirst(), "a greedy answer takes the best token");
      }
    }
  }

  @Test
  void theMostLikelyComeBestFirstAndTheTokenDrawnIsBesideThem() throws Exception {
    int outside = 0;
    for (long seed = 0; seed < 6; seed++) {
      GenerateOptions options = Reported.sampled(seed, 12).withReport(Reported.answer(4));
      for (Reported row : Reported.run(engine, rows(options))) {
        for (PositionLogprobs at : row.logprobs()) {
          List<Double> top = at.top().stream().map(TokenLogprob::logprob).toList();
          assertEquals(4, new HashSet<>(at.top()).size());
          assertEquals(top.stream().sorted(java.util.Comparator.reverseOrder()).toList(), top);
          boolean among = at.top().contains(at.token());
          assertEquals(among, at.token().logprob() >= top.getLast(), at.toString());
          outside += among ? 0 : 1;
          double mass = top.stream().mapToDouble(Math::exp).sum();
          assertTrue(mass <= 1 + 1e-6, "" + mass);
        }
      }
    }
    assertTrue(outside > 0, "temperature 0.9 never left the four best");
  }

  @Test
  void zeroGivesTheTokenAloneAndNobodyAskedGivesNothing() throws Exception {
    GenerateOptions options = Reported.sampled(1, 8);
    List<Reported> plain = Reported.run(engine, rows(options));
    List<Reported> told = Reported.run(engine, rows(options.withReport(Reported.answer(0))));
    for (int i = 0; i < plain.size(); i++) {
      assertEquals(plain.get(i).ids(), told.get(i).ids());
      assertEquals(plain.get(i).text(), told.get(i).text());
      assertEquals(List.of(), plain.get(i).logprobs());
      assertEquals(List.of(), plain.get(i).prompted());
      assertEquals(told.get(i).ids().size(), told.get(i).logprobs().size());
      assertTrue(told.get(i).logprobs().stream().allMatch(at -> at.top().isEmpty()));
    }
  }

  @Test
  void theBytesOfTheTokensAreTheAnswer() throws Exception {
    GenerateOptions options = Reported.sampled(3, 16).withReport(Reported.answer(1));
    for (Reported row : Reported.run(engine, rows(options))) {
      var bytes = new java.io.ByteArrayOutputStream();
      row.tokens().forEach(t -> t.bytes().forEach(bytes::write));
      assertEquals(row.text(), bytes.toString(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  /** Logprobs are the model's: what a row changes in its draw is not seen in them. */
  @Test
  void penaltiesBiasAndTemperatureDoNotChangeThem() throws Exception {
    GenerateOptions plain = GenerateOptions.DEFAULT.withTokens(0, 1).withReport(Reported.answer(3));
    Reported best = Reported.run(engine, List.of(Reported.row(TEXTS.get(0), plain))).getFirst();
    int second = best.logprobs().getFirst().top().get(1).id();
    var rules = new LogitRules(Map.of(second, 100.0), List.of());
    Reported forced =
        Reported.run(engine, List.of(Reported.row(TEXTS.get(0), plain.withRules(rules))))
            .getFirst();
    assertEquals(List.of(second), forced.ids());
    assertEquals(best.logprobs().getFirst().top(), forced.logprobs().getFirst().top());
    assertEquals(best.logprobs().getFirst().top().get(1), forced.logprobs().getFirst().token());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-num-batched-tokens=5",
        "max-num-seqs=2",
        "kv-cache-tokens=96",
        "enable-prefix-caching=false",
        "threads=1"
      })
  void theReportDoesNotDependOnBatchOrSettings(String setting) throws Exception {
    var report = new TokenReport(OptionalInt.of(2), OptionalInt.of(1), true);
    List<PromptRow> rows = new ArrayList<>();
    for (String text : List.of("Once upon a time", "Once upon a time", "Once upon a day")) {
      rows.add(Reported.row(text, Reported.sampled(rows.size(), 6).withReport(report)));
      rows.add(Reported.row(text + " there", Reported.sampled(7, 6)));
    }
    List<Reported> together = Reported.run(engine, rows);
    for (int i = 0; i < rows.size(); i++) {
      same(together.get(i), Reported.run(engine, List.of(rows.get(i))).getFirst());
    }
    String[] pair = setting.split("=", 2);
    try (LocalEngine other = Reported.open(pair)) {
      List<Reported> again = Reported.run(other, rows);
      for (int i = 0; i < rows.size(); i++) {
        same(together.get(i), again.get(i));
      }
    }
    assertEquals(0, together.get(0).done().getFirst().usage().cachedTokens());
    assertFalse(together.get(0).prompted().getFirst().logprobs().isEmpty());
  }

  private static void same(Reported expected, Reported actual) {
    assertEquals(expected.ids(), actual.ids());
    assertEquals(expected.prompted().size(), actual.prompted().size());
    for (int i = 0; i < expected.prompted().size(); i++) {
      assertEquals(expected.prompted().get(i).tokenIds(), actual.prompted().get(i).tokenIds());
      assertEquals(expected.prompted().get(i).logprobs(), actual.prompted().get(i).logprobs());
    }
    assertEquals(expected.logprobs(), actual.logprobs());
  }

  @Test
  void thePromptIsNamedToRowsThatAskAndReadsBack() throws Exception {
    var report = new TokenReport(OptionalInt.empty(), OptionalInt.empty(), true);
    GenerateOptions options = GenerateOptions.DEFAULT.withTokens(0, 2).withReport(report);
    Reported row = Reported.run(engine, List.of(Reported.row("hello", options))).getFirst();
    Event.Prompted prompt = row.prompted().getFirst();
    assertEquals(List.of(), prompt.logprobs());
    PromptTokens tokens = engine.tokens().orElseThrow();
    assertEquals(
        IntStream.of(tokens.ids(List.of(), Reported.row("hello", options))).boxed().toList(),
        prompt.tokenIds());
    String text = tokens.text(prompt.tokenIds());
    assertTrue(text.contains("<|im_start|>user\nhello<|im_end|>"), text);
  }

  /** n of the protocol: rows with one prompt and a seed each. */
  @Test
  void samplesOfOnePromptShareItAndDiffer() throws Exception {
    String text = "Write a sentence about rivers. ".repeat(6);
    List<PromptRow> rows =
        IntStream.range(0, 4)
            .mapToObj(i -> Reported.row(text, Reported.sampled(41 + i, 12)))
            .toList();
    List<Reported> samples = Reported.run(engine, rows);
    assertEquals(4, samples.stream().map(Reported::ids).distinct().count());
    int prompt = samples.getFirst().done().getFirst().usage().promptTokens();
    int cached = samples.stream().mapToInt(s -> s.done().getFirst().usage().cachedTokens()).sum();
    assertTrue(cached >= 3 * (prompt - 1), cached + " of 4 prompts of " + prompt);
    GenerateOptions alone = rows.get(2).options().withSeed(OptionalLong.of(43));
    assertEquals(
        samples.get(2).ids(),
        Reported.run(engine, List.of(Reported.row(text, alone))).getFirst().ids());
    assertNotEquals(samples.get(0).ids(), samples.get(1).ids());
  }
}
