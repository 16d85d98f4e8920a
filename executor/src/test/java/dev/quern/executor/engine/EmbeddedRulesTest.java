package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bias and bad words on the embedded model. */
final class EmbeddedRulesTest {
  private static final List<String> TEXTS =
      List.of("The capital of France is", "Tell me of rivers.", "Why is the sky blue?");

  private static LocalEngine engine;
  private static LoadedModel model;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    engine = Reported.open();
    model = LoadedModel.open(EngineOptions.parse(Map.of("model", EmbeddedModelTest.FOLDER)));
    tokenizer = model.tokenizer().orElseThrow();
  }

  @AfterAll
  static void close() {
    engine.close();
    model.close();
  }

  private static LogitRules bias(int id, double value) {
    return new LogitRules(Map.of(id, value), List.of());
  }

  private static List<PromptRow> samples(LogitRules rules) {
    List<PromptRow> rows = new ArrayList<>();
    for (long seed = 0; seed < 8; seed++) {
      for (String text : TEXTS) {
        rows.add(Reported.row(text, Reported.sampled(seed, 16).withRules(rules)));
      }
    }
    return rows;
  }

  private static String text(int id) {
    return new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
  }

  /** Texts of one to six tokens side by side, without spaces in front. */
  private static Set<String> spelled(List<Reported> rows) {
    Set<String> spelled = new TreeSet<>();
    for (Reported row : rows) {
      for (int from = 0; from < row.ids().size(); from++) {
        var text = new StringBuilder();
        for (int id : row.ids().subList(from, Math.min(row.ids().size(), from + 6))) {
          text.append(text(id));
          spelled.add(text.toString().stripLeading());
        }
      }
    }
    return spelled;
  }

  @Test
  void aBiasOf100ForcesATokenAndOneOfMinus100BansIt() throws Exception {
    int river = tokenizer.encode(List.of(PromptPart.value(" river")))[0];
    assertEquals(" river", text(river));
    for (Reported row : Reported.run(engine, samples(bias(river, 100)))) {
      assertEquals(16, row.ids().size());
      assertEquals(Set.of(river), Set.copyOf(row.ids()));
    }
    List<PromptRow> greedy =
        TEXTS.stream()
            .map(text -> Reported.row(text, GenerateOptions.DEFAULT.withTokens(0, 8)))
            .toList();
    for (int i = 0; i < TEXTS.size(); i++) {
      int best = Reported.run(engine, List.of(greedy.get(i))).getFirst().ids().getFirst();
      GenerateOptions banned = greedy.get(i).options().withRules(bias(best, -100));
      Reported without =
          Reported.run(engine, List.of(Reported.row(TEXTS.get(i), banned))).getFirst();
      assertFalse(without.ids().contains(best), without.text());
    }
  }

  @Test
  void aSmallBiasMovesTheShareOfAToken() throws Exception {
    int comma = tokenizer.encode(List.of(PromptPart.value(",")))[0];
    long[] count = new long[3];
    double[] values = {-3, 0, 3};
    for (int k = 0; k < 3; k++) {
      for (Reported row : Reported.run(engine, samples(bias(comma, values[k])))) {
        count[k] += row.ids().stream().filter(id -> id == comma).count();
      }
    }
    assertTrue(
        count[0] < count[1] && count[1] < count[2], List.of(count[0], count[1], count[2]) + "");
  }

  @Test
  void badWordsComeInNoSample() throws Exception {
    Set<String> free = spelled(Reported.run(engine, samples(LogitRules.NONE)));
    // Words of one and of several tokens that do come, of those that the model writes most.
    List<String> bad = new ArrayList<>(List.of("the", "of", "is a", "and"));
    bad.removeIf(word -> !free.contains(word));
    free.stream().filter(text -> text.matches("[a-z]{9,}")).limit(6).forEach(bad::add);
    assertTrue(bad.size() >= 6, bad.toString());
    assertTrue(
        bad.stream().anyMatch(w -> tokenizer.encode(List.of(PromptPart.value(" " + w))).length > 1),
        bad.toString());
    List<Reported> without = Reported.run(engine, samples(new LogitRules(Map.of(), bad)));
    Set<String> found = spelled(without);
    found.retainAll(Set.copyOf(bad));
    assertEquals(Set.of(), found);
    assertTrue(without.stream().allMatch(row -> row.done().getFirst().error().isEmpty()));
  }

  @Test
  void rulesHoldInAnyBatchAndOnTheReferenceAlike() throws Exception {
    List<PromptRow> rows = new ArrayList<>();
    LogitRules rules = new LogitRules(Map.of(28, 2.5, 30, -100.0), List.of("the", "and a"));
    for (int i = 0; i < TEXTS.size(); i++) {
      rows.add(Reported.row(TEXTS.get(i), Reported.sampled(i, 6).withRules(rules)));
      rows.add(Reported.row(TEXTS.get(i), Reported.sampled(i, 6)));
      rows.add(
          Reported.row(TEXTS.get(i), GenerateOptions.DEFAULT.withTokens(0, 6).withRules(rules)));
    }
    List<List<Integer>> together = Reported.run(engine, rows).stream().map(Reported::ids).toList();
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(together.get(i), Reported.run(engine, List.of(rows.get(i))).getFirst().ids());
    }
    try (LocalEngine reference =
            Reported.open("device", "reference", "activations", "f32", "kv-cache-tokens", "2048");
        LocalEngine cpu = Reported.open("activations", "f32")) {
      List<PromptRow> few = rows.subList(0, 3);
      assertEquals(
          Reported.run(cpu, few).stream().map(Reported::ids).toList(),
          Reported.run(reference, few).stream().map(Reported::ids).toList());
    }
  }

  @Test
  void theStopThatEndedARowIsNamed() throws Exception {
    String prompt = "Count from one to ten.";
    Reported free =
        Reported.run(
                engine, List.of(Reported.row(prompt, GenerateOptions.DEFAULT.withTokens(0, 12))))
            .getFirst();
    assertEquals(Optional.empty(), free.done().getFirst().stop());
    int third = free.ids().get(2);
    String word = free.text().substring(4, 7);
    Reported byText = stopped(prompt, List.of("never seen", word), List.of());
    assertEquals(Optional.of(new StopReason.Text(word)), byText.done().getFirst().stop());
    assertEquals(FinishReason.STOP, byText.done().getFirst().reason());
    Reported byId = stopped(prompt, List.of(), List.of(third));
    assertEquals(Optional.of(new StopReason.Token(third)), byId.done().getFirst().stop());
    assertEquals(free.ids().subList(0, free.ids().indexOf(third)), byId.ids());
  }

  private static Reported stopped(String prompt, List<String> stop, List<Integer> ids)
      throws InterruptedException {
    var options = GenerateOptions.DEFAULT.withTokens(0, 12).withStop(stop, ids);
    return Reported.run(engine, List.of(Reported.row(prompt, options))).getFirst();
  }

  @Test
  void anIdThatIsNoTokenIsTheRowsError() throws Exception {
    List<Reported> rows =
        Reported.run(
            engine,
            List.of(
                Reported.row("hello", GenerateOptions.DEFAULT.withRules(bias(49_152, 1))),
                Reported.row("hello", GenerateOptions.DEFAULT.withTokens(0, 2))));
    String error = rows.get(0).done().getFirst().error().orElseThrow();
    assertTrue(error.contains("logit_bias names token id 49152"), error);
    assertTrue(error.contains("[0, 49152)"), error);
    assertEquals(2, rows.get(1).ids().size());
  }
}
