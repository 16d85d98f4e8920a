package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.quern.executor.device.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on a small checkpoint without a tokenizer: prompts and answers are token ids. */
final class LocalEngineTest {
  private static final String MODEL = "src/test/resources/golden/ernie-moe-shared";

  private record Answer(List<Integer> ids, Event.Done done) {}

  private static LocalEngine open(String... more) {
    Map<String, String> options = new HashMap<>(Map.of("model", MODEL, "device", "cpu"));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return LocalEngine.open(EngineOptions.parse(options));
  }

  private static PromptRow row(GenerateOptions options, Integer... ids) {
    return new PromptRow(new Prompt.Tokens(List.of(ids)), options, 0);
  }

  private static List<Answer> run(GenerateEngine engine, List<PromptRow> rows)
      throws InterruptedException {
    Map<Integer, List<Integer>> ids = new HashMap<>();
    Map<Integer, Event.Done> done = new HashMap<>();
    try (Completions completions = engine.submit(new PromptBatch(List.of(), rows, false))) {
      for (Event event; (event = completions.next()) != null; ) {
        switch (event) {
          case Event.Prompted _ -> fail("no row asks for its prompt");
          case Event.Delta(int row, _, List<Integer> more, _) ->
              ids.computeIfAbsent(row, _ -> new ArrayList<>()).addAll(more);
          case Event.Done d -> assertNull(done.put(d.row(), d), "two Dones of a row");
        }
      }
    }
    assertEquals(rows.size(), done.size());
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      answers.add(new Answer(ids.getOrDefault(i, List.of()), done.get(i)));
    }
    return answers;
  }

  private static List<PromptRow> sampledRows() {
    var random = new Random(11);
    List<PromptRow> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      List<Integer> ids = new ArrayList<>(List.of(5, 6, 7, 8, 9)); // a shared head
      random.ints(1 + random.nextInt(30), 3, 500).forEach(ids::add);
      var options =
          TestOptions.maxTokens(10)
              .withSampling(new Sampling(0.9, 0.95, 40, 0.01, 1.1, 0.2, 0.1))
              .withSeed(OptionalLong.of(i % 3));
      rows.add(new PromptRow(new Prompt.Tokens(ids), options, i % 2));
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-num-batched-tokens=3",
        "block-size=4",
        "enable-prefix-caching=false",
        "max-num-seqs=2",
        "kv-cache-tokens=96",
        "max-step-ms=1",
        "threads=1"
      })
  void sameSeedSameAnswersWhateverTheBatchTheOrderAndTheSettings(String setting) throws Exception {
    List<PromptRow> rows = sampledRows();
    List<List<Integer>> together;
    try (LocalEngine engine = open()) {
      together = run(engine, rows).stream().map(Answer::ids).toList();
      assertEquals(
          together.reversed(), run(engine, rows.reversed()).stream().map(Answer::ids).toList());
      for (int i = 0; i < rows.size(); i++) {
        assertEquals(together.get(i), run(engine, List.of(rows.get(i))).getFirst().ids());
      }
    }
    String[] pair = setting.split("=", 2);
    try (LocalEngine engine = open(pair)) {
      assertEquals(together, run(engine, rows).stream().map(Answer::ids).toList());
    }
    assertNotEquals(together.get(0), together.get(1));
  }

  @Test
  void twoRanksAnswerAsOne() throws Exception {
    List<PromptRow> rows =
        sampledRows().stream()
            .map(r -> new PromptRow(r.prompt(), TestOptions.maxTokens(8), 0))
            .toList();
    List<List<Integer>> one;
    try (LocalEngine engine = open()) {
      one = run(engine, rows).stream().map(Answer::ids).toList();
    }
    try (LocalEngine engine = open("tensor-parallel-size", "2")) {
      assertEquals(one, run(engine, rows).stream().map(Answer::ids).toList());
    }
    String indivisible =
        assertThrows(EngineException.class, () -> open("tensor-parallel-size", "3")).getMessage();
    assertTrue(
        indivisible.contains("tensor-parallel-size 3 does not divide num_attention_heads 4"),
        indivisible);
  }

  @Test
  void theSecondRunIsServedFromTheCache() throws Exception {
    try (LocalEngine engine = open()) {
      var rows = List.of(row(TestOptions.maxTokens(4), 5, 6, 7, 8, 9, 10, 11));
      Answer first = run(engine, rows).getFirst();
      Answer second = run(engine, rows).getFirst();
      assertEquals(first.ids(), second.ids());
      assertEquals(0, first.done().usage().cachedTokens());
      assertEquals(6, second.done().usage().cachedTokens());
    }
  }

  @Test
  void anAnswerEndsAtMaxTokensAtStopIdsAndWhereTheContextIsFull() throws Exception {
    try (LocalEngine engine = open("max-model-len", "16")) {
      List<Integer> free =
          run(engine, List.of(row(TestOptions.maxTokens(6), 5, 6, 7))).getFirst().ids();
      assertEquals(6, free.size());
      int third = free.get(2);
      var stopping = TestOptions.maxTokens(6).withStop(List.of(), List.of(third));
      Answer stopped = run(engine, List.of(row(stopping, 5, 6, 7))).getFirst();
      assertEquals(FinishReason.STOP, stopped.done().reason());
      assertEquals(free.subList(0, free.indexOf(third)), stopped.ids());
      Answer full =
          run(engine, List.of(row(TestOptions.maxTokens(100), 5, 6, 7, 8, 9, 10))).getFirst();
      assertEquals(FinishReason.LENGTH, full.done().reason());
      assertEquals(10, full.ids().size());
    }
  }

  @Test
  void minTokensKeepsStopIdsFromBeingDrawn() throws Exception {
    try (LocalEngine engine = open()) {
      int first =
          run(engine, List.of(row(TestOptions.maxTokens(1), 5, 6, 7))).getFirst().ids().getFirst();
      var options = GenerateOptions.DEFAULT.withTokens(3, 6).withStop(List.of(), List.of(first));
      Answer answer = run(engine, List.of(row(options, 5, 6, 7))).getFirst();
      assertTrue(answer.ids().size() >= 3, answer.toString());
      assertTrue(!answer.ids().subList(0, 3).contains(first), answer.toString());
    }
  }

  @Test
  void aBadRowIsAnErrorOfItsOwnAndCostsNoOther() throws Exception {
    try (LocalEngine engine = open("max-model-len", "16")) {
      Integer[] tooLong = new Integer[16];
      Arrays.fill(tooLong, 5);
      var options = TestOptions.maxTokens(2);
      List<Answer> answers =
          run(
              engine,
              List.of(
                  row(options, tooLong),
                  row(options),
                  row(options, 5, 99999),
                  new PromptRow(new Prompt.Text(List.of(PromptPart.value("hello"))), options, 0),
                  row(options, 5, 6)));
      List<String> errors = answers.stream().map(a -> a.done().error().orElse("")).toList();
      assertTrue(errors.get(0).contains("16 tokens and the context holds 16"), errors.get(0));
      assertTrue(errors.get(1).contains("empty"), errors.get(1));
      assertTrue(errors.get(2).contains("99999 at place 1"), errors.get(2));
      assertTrue(errors.get(3).contains("no tokenizer"), errors.get(3));
      assertEquals(2, answers.get(4).ids().size());
    }
  }

  @Test
  void closingABatchCancelsItsRowsAndNoOthers() throws Exception {
    try (LocalEngine engine = open()) {
      var endless = row(TestOptions.maxTokens(400), 5, 6, 7, 8);
      Completions given = engine.submit(new PromptBatch(List.of(), List.of(endless), true));
      assertTrue(given.next() instanceof Event.Delta);
      given.close();
      assertNull(given.next());
      assertEquals(
          3, run(engine, List.of(row(TestOptions.maxTokens(3), 9, 9))).getFirst().ids().size());
    }
  }

  @Test
  void stoppingABatchKeepsWhatHasEndedAndCountsTheRest() throws Exception {
    try (LocalEngine engine = open("max-num-seqs", "2")) {
      var brief = row(TestOptions.maxTokens(2), 5, 6, 7);
      var endless = row(TestOptions.maxTokens(400), 5, 6, 7, 8);
      try (Completions stopped =
          engine.submit(new PromptBatch(List.of(), List.of(brief, endless, endless), false))) {
        List<Event.Done> done = new ArrayList<>();
        for (Event event; (event = stopped.next()) != null; ) {
          if (event instanceof Event.Done d) {
            done.add(d);
            stopped.stop();
          }
        }
        assertEquals(3, done.size());
        assertEquals(FinishReason.LENGTH, done.getFirst().reason());
        assertEquals(2, done.getFirst().usage().completionTokens());
        for (Event.Done given : done.subList(1, 3)) {
          assertEquals(FinishReason.CANCELLED, given.reason());
        }
      }
    }
  }

  @Test
  void closingTheEngineEndsWhatRuns() throws Exception {
    LocalEngine engine = open();
    var endless = row(TestOptions.maxTokens(400), 5, 6, 7, 8);
    Completions running = engine.submit(new PromptBatch(List.of(), List.of(endless), false));
    engine.close();
    Event last = null;
    for (Event event; (event = running.next()) != null; ) {
      last = event;
    }
    assertTrue(last instanceof Event.Done d && d.reason() == FinishReason.CANCELLED, "" + last);
    assertThrows(
        EngineException.class,
        () -> engine.submit(new PromptBatch(List.of(), List.of(endless), false)));
  }

  @Test
  void settingsThatCannotWorkAreRefusedWithTheNearestThatDo() {
    String tooLong =
        assertThrows(EngineException.class, () -> open("max-model-len", "100000")).getMessage();
    assertTrue(tooLong.contains("max_position_embeddings 512"), tooLong);
    String small =
        assertThrows(
                EngineException.class, () -> open("max-model-len", "512", "kv-cache-tokens", "64"))
            .getMessage();
    assertTrue(small.contains("use max-model-len 64 or less"), small);
    String huge =
        assertThrows(EngineException.class, () -> open("kv-cache-tokens", "2000000000"))
            .getMessage();
    assertTrue(huge.contains("do not fit") && huge.contains("use at most"), huge);
    String whole =
        assertThrows(
                EngineException.class,
                () -> open("enable-chunked-prefill", "false", "max-num-batched-tokens", "100"))
            .getMessage();
    assertTrue(whole.contains("set max-num-batched-tokens=512 or max-model-len=100"), whole);
    String step =
        assertThrows(
                IllegalArgumentException.class,
                () -> open("enable-chunked-prefill", "false", "max-step-ms", "20"))
            .getMessage();
    assertTrue(step.contains("max-step-ms 20 needs enable-chunked-prefill"), step);
    String option =
        assertThrows(IllegalArgumentException.class, () -> open("blocksize", "4")).getMessage();
    assertTrue(option.contains("unknown engine option [blocksize]"), option);
    String unbuilt =
        assertThrows(IllegalArgumentException.class, () -> open("splitwise-role", "prefill"))
            .getMessage();
    assertTrue(unbuilt.contains("not built yet"), unbuilt);
  }
}
