package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the scripted engine reports of tokens. */
final class ScriptedReportTest {
  private final ScriptedEngine engine = ScriptedEngine.answering(_ -> "one two one");

  private List<Event> run(TokenReport report) throws InterruptedException {
    var row =
        new PromptRow(
            new Prompt.Text(List.of(PromptPart.value("say one"))),
            GenerateOptions.DEFAULT.withReport(report),
            0);
    List<Event> events = new ArrayList<>();
    try (Completions completions = engine.submit(new PromptBatch(List.of(), List.of(row), false))) {
      for (Event event; (event = completions.next()) != null; ) {
        events.add(event);
      }
    }
    return events;
  }

  @Test
  void aRowThatAsksForNothingHasTextOnly() throws Exception {
    assertEquals(new Event.Delta(0, "one two one", List.of()), run(TokenReport.NONE).getFirst());
  }

  @Test
  void wordsHaveIdsBytesAndMadeUpLogprobs() throws Exception {
    List<Event> events = run(new TokenReport(OptionalInt.of(2), OptionalInt.of(0), false));
    var prompted = assertInstanceOf(Event.Prompted.class, events.get(0));
    var delta = assertInstanceOf(Event.Delta.class, events.get(1));
    assertInstanceOf(Event.Done.class, events.get(2));
    assertEquals("say one", engine.tokens().orElseThrow().text(prompted.tokenIds()));
    assertEquals(
        List.of(-0.5), prompted.logprobs().stream().map(p -> p.token().logprob()).toList());
    assertEquals(List.of(), prompted.logprobs().getFirst().top());
    int one = prompted.tokenIds().get(1);
    assertEquals(one, delta.tokenIds().get(0));
    assertEquals(one, delta.tokenIds().get(2));
    PositionLogprobs first = delta.logprobs().getFirst();
    assertEquals(new TokenLogprob(one, "one", List.of(111, 110, 101), -0.25), first.token());
    assertEquals(first.token(), first.top().get(0));
    assertEquals("on", first.top().get(1).text());
    assertEquals(-1.25, first.top().get(1).logprob());
    assertEquals(" two", delta.logprobs().get(1).token().text());
    assertEquals(3, delta.logprobs().size());
  }
}
