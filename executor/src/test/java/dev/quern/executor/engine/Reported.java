package dev.quern.executor.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A row's events, joined. */
record Reported(
    List<Event.Prompted> prompted,
    String text,
    List<Integer> ids,
    List<PositionLogprobs> logprobs,
    List<Event.Done> done) {

  Reported() {
    this(new ArrayList<>(), "", new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  private Reported with(Event event) {
    switch (event) {
      case Event.Prompted p -> prompted.add(p);
      case Event.Delta d -> {
        ids.addAll(d.tokenIds());
        logprobs.addAll(d.logprobs());
        return new Reported(prompted, text + d.text(), ids, logprobs, done);
      }
      case Event.Done d -> done.add(d);
    }
    return this;
  }

  /** Runs the rows as one batch; the results stand in their order. */
  static List<Reported> run(GenerateEngine engine, List<PromptRow> rows)
      throws InterruptedException {
    List<Reported> reported = new ArrayList<>();
    rows.forEach(_ -> reported.add(new Reported()));
    try (Completions completions = engine.submit(new PromptBatch(List.of(), rows, true))) {
      for (Event event; (event = completions.next()) != null; ) {
        reported.set(event.row(), reported.get(event.row()).with(event));
      }
    }
    return reported;
  }

  static PromptRow row(String text, GenerateOptions options) {
    return new PromptRow(new Prompt.Text(List.of(PromptPart.value(text))), options, 0);
  }

  static GenerateOptions sampled(long seed, int tokens) {
    return GenerateOptions.DEFAULT
        .withTokens(0, tokens)
        .withTemperature(0.9)
        .withSeed(OptionalLong.of(seed));
  }

  static TokenReport answer(int top) {
    return new TokenReport(OptionalInt.of(top), OptionalInt.empty(), false);
  }

  static LocalEngine open(String... more) {
    Map<String, String> options =
        new java.util.HashMap<>(Map.of("model", EmbeddedModelTest.FOLDER, "device", "cpu"));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return LocalEngine.open(EngineOptions.parse(options));
  }

  /** Ids of all places, as one list. */
  Stream<TokenLogprob> tokens() {
    return logprobs.stream().map(PositionLogprobs::token);
  }
}
