package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.quern.executor.choice.Choices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers among choices on the embedded model. */
final class EmbeddedChoicesTest {
  private static final GenerateOptions YES_NO = GenerateOptions.DEFAULT.withChoices(Choices.YES_NO);

  private static final List<String> PLACES =
      List.of("New York", "New York City", "New Jersey", "Newfoundland");

  private static LocalEngine engine;

  private record Answer(String text, FinishReason reason, Usage usage, Optional<String> error) {}

  @BeforeAll
  static void open() {
    engine = open(Map.of());
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static LocalEngine open(Map<String, String> more) {
    Map<String, String> options = new HashMap<>(more);
    options.putIfAbsent("model", EmbeddedModelTest.FOLDER);
    return LocalEngine.open(EngineOptions.parse(options));
  }

  private static PromptRow row(String text, GenerateOptions options) {
    return new PromptRow(new Prompt.Text(List.of(PromptPart.value(text))), options, 0);
  }

  private static PromptRow question(String text) {
    return row("Answer with yes or no. " + text, YES_NO);
  }

  private static List<Answer> run(GenerateEngine engine, List<PromptRow> rows)
      throws InterruptedException {
    Map<Integer, String> texts = new HashMap<>();
    Map<Integer, Answer> answers = new HashMap<>();
    try (Completions completions = engine.submit(new PromptBatch(List.of(), rows, false))) {
      for (Event event; (event = completions.next()) != null; ) {
        switch (event) {
          case Event.Prompted _ -> fail("no row asks for its prompt");
          case Event.Delta(int row, String text, _, _) -> texts.merge(row, text, String::concat);
          case Event.Done(int row, FinishReason reason, Usage usage, Optional<String> error, _) ->
              answers.put(row, new Answer(texts.getOrDefault(row, ""), reason, usage, error));
        }
      }
    }
    return IntStream.range(0, rows.size()).mapToObj(answers::get).toList();
  }

  /** Yes-and-no questions, choices drawn and best, and free answers between them. */
  private static List<PromptRow> mixed() {
    List<PromptRow> rows = new ArrayList<>();
    List<String> texts = List.of("The weather is nice.", "Ice is hot.", "Tell me more.", "A cat?");
    GenerateOptions free = GenerateOptions.DEFAULT.withTemperature(0.8).withTokens(0, 4);
    for (String text : texts) {
      rows.add(question("Is this text in English? " + text));
      rows.add(
          row("Where is it? " + text, GenerateOptions.DEFAULT.withChoices(Choices.of(PLACES))));
      for (long seed = 0; seed < 3; seed++) {
        GenerateOptions drawn =
            GenerateOptions.DEFAULT.withTemperature(4).withSeed(OptionalLong.of(seed));
        rows.add(row("Where is it? " + text, drawn.withChoices(Choices.of(PLACES))));
        rows.add(row("Go on: " + text, free.withSeed(OptionalLong.of(seed))));
      }
    }
    return rows;
  }

  private static List<String> texts(GenerateEngine engine, List<PromptRow> rows)
      throws InterruptedException {
    return run(engine, rows).stream().map(Answer::text).toList();
  }

  @Test
  void aQuestionCostsOneTokenAndIsAnsweredYesNoOrNothing() throws Exception {
    List<Answer> answers =
        run(
            engine,
            List.of(
                question("Is this text in English? Das Wetter ist heute schön."),
                question("Does this text mention money? I want my 20 euros back."),
                question("Do birds fly?"),
                row("Tell me a story about a fox.", YES_NO)));
    assertEquals(List.of("yes", "no", "no", ""), answers.stream().map(Answer::text).toList());
    for (Answer answer : answers) {
      assertEquals(FinishReason.STOP, answer.reason());
      assertEquals(1, answer.usage().completionTokens());
    }
  }

  /** What another way through the model gives: {@link Scorer} scores prompt and answer. */
  @Test
  void theAnswerIsWhatTheProbabilitiesSay() throws Exception {
    List<String> prompts = new ArrayList<>();
    for (String text : List.of("The weather is nice.", "Das Wetter ist heute schön.")) {
      prompts.add("Answer with yes or no. Is this text in English? " + text);
    }
    prompts.add("Answer with yes or no. Does this text mention money? I want my 20 euros back.");
    prompts.add("Answer with yes or no. Is water wet?");
    prompts.add("Tell me a story about a fox.");
    List<String> expected = new ArrayList<>();
    EngineOptions options = EngineOptions.parse(Map.of("model", EmbeddedModelTest.FOLDER));
    try (Scorer scorer = Scorer.open(options, _ -> {});
        LoadedModel model = LoadedModel.open(options)) {
      var encoder = new PromptEncoder("", model.tokenizer(), model.template(), 49_152);
      for (String prompt : prompts) {
        int[] ids = encoder.encode(List.of(), row(prompt, YES_NO));
        double yes = mass(scorer, model, ids, List.of("yes", "Yes", " yes", " Yes"));
        double no = mass(scorer, model, ids, List.of("no", "No", " no", " No"));
        double share = Math.max(yes, no) / (yes + no);
        expected.add(yes + no < 0.2 || share < 0.6 ? "" : yes > no ? "yes" : "no");
      }
    }
    assertEquals(expected, texts(engine, prompts.stream().map(p -> row(p, YES_NO)).toList()));
    assertTrue(expected.containsAll(List.of("yes", "no", "")), expected.toString());
  }

  private static double mass(Scorer scorer, LoadedModel model, int[] prompt, List<String> tokens) {
    List<int[]> scored = new ArrayList<>();
    for (String token : tokens) {
      int[] ids = model.tokenizer().orElseThrow().encode(List.of(PromptPart.value(token)));
      assertEquals(1, ids.length, token);
      scored.add(IntStream.concat(IntStream.of(prompt), IntStream.of(ids)).toArray());
    }
    double[] sum = {0};
    scorer.score(scored, s -> sum[0] += Math.exp(s.logprobs()[prompt.length - 1]));
    return sum[0];
  }

  @Test
  void labelsOfSeveralTokensThatBeginAlike() throws Exception {
    List<Answer> answers = run(engine, mixed());
    List<PromptRow> rows = mixed();
    List<String> drawn = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Optional<Choices> choices = rows.get(i).options().choices();
      if (choices.isPresent() && choices.get().texts().equals(PLACES)) {
        Answer answer = answers.get(i);
        assertTrue(PLACES.contains(answer.text()), answer.toString());
        int decisions = answer.usage().completionTokens();
        assertTrue(decisions >= 1 && decisions <= 4, answer.toString());
        if (answer.text().startsWith("New York")) {
          assertTrue(decisions >= 2, "City or not is a decision of its own: " + answer);
        }
        drawn.add(answer.text());
      }
    }
    assertTrue(drawn.containsAll(List.of("New York City", "New Jersey")), drawn.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-num-batched-tokens=7",
        "block-size=4",
        "enable-prefix-caching=false",
        "max-num-seqs=2",
        "threads=1"
      })
  void sameAnswersWhateverTheSettings(String setting) throws Exception {
    String[] pair = setting.split("=", 2);
    List<PromptRow> rows = mixed();
    try (LocalEngine other = open(Map.of(pair[0], pair[1]))) {
      assertEquals(texts(engine, rows), texts(other, rows));
    }
  }

  /** In float32: ranks quantize parts of rows, each with scales of its own. */
  @Test
  void ranksAnswerAsOne() throws Exception {
    List<PromptRow> rows = mixed();
    try (LocalEngine one = open(Map.of("activations", "f32"));
        LocalEngine three = open(Map.of("activations", "f32", "tensor-parallel-size", "3"))) {
      assertEquals(texts(one, rows), texts(three, rows));
    }
  }

  @Test
  void sameAnswersWhateverTheBatchAndItsOrder() throws Exception {
    List<PromptRow> rows = mixed();
    List<String> together = texts(engine, rows);
    assertEquals(together.reversed(), texts(engine, rows.reversed()));
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(together.get(i), texts(engine, List.of(rows.get(i))).getFirst());
    }
  }

  @Test
  void aRowThatCannotChooseIsAnErrorOfItsOwn() throws Exception {
    try (LocalEngine small = open(Map.of("max-model-len", "64"))) {
      GenerateOptions places = GenerateOptions.DEFAULT.withChoices(Choices.of(PLACES));
      int few = run(small, List.of(row("a", places))).getFirst().usage().promptTokens();
      String text = "a" + " b".repeat(63 - few);
      List<Answer> answers =
          run(small, List.of(row(text, TestOptions.maxTokens(1)), row(text, places)));
      assertEquals(63, answers.getFirst().usage().promptTokens());
      assertEquals(
          "the prompt has 63 tokens and the context holds 64 (prompt and answer); shorten the"
              + " prompt or raise --max-model-len",
          answers.getLast().error().orElseThrow());
    }
    try (LocalEngine ids =
        open(Map.of("model", "src/test/resources/golden/ernie-moe-shared", "device", "cpu"))) {
      var prompt = new Prompt.Tokens(List.of(5, 6, 7));
      Answer answer = run(ids, List.of(new PromptRow(prompt, YES_NO, 0))).getFirst();
      assertTrue(
          answer.error().orElseThrow().contains("choices need a tokenizer"), answer.toString());
    }
  }
}
