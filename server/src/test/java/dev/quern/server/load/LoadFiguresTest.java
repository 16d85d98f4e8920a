package dev.quern.server.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadFiguresTest {
  private static final long MS = 1_000_000;

  /** First token after k ms, then nine more in 18 ms, for k of 1 to 20. */
  @Test
  void percentilesAreByNearestRankAndRatesOverTheWholeTime() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int k = 20; k >= 1; k--) {
      outcomes.add(new Outcome.Answered(k * MS, (k + 18) * MS, (k + 19) * MS, 40, k, 10));
    }
    outcomes.add(new Outcome.Left());
    outcomes.add(new Outcome.Failed("429", "full"));
    outcomes.add(new Outcome.Failed("429", "full"));
    LoadFigures figures = LoadFigures.of(4, outcomes, 2);
    assertEquals(new LoadFigures.Percentiles(10, 19), figures.timeToFirstToken());
    assertEquals(new LoadFigures.Percentiles(2, 2), figures.timePerOutputToken());
    assertEquals(new LoadFigures.Percentiles(29, 38), figures.endToEnd());
    assertEquals(100, figures.outputTokensPerSecond());
    assertEquals(10, figures.requestsPerSecond());
    assertEquals(40, figures.promptTokens());
    assertEquals(10.5, figures.cachedTokens());
    assertEquals(1, figures.left());
    assertEquals(Map.of("429", 2), figures.errors());
  }

  @Test
  void oneTokenHasNoTimePerToken() {
    LoadFigures figures = LoadFigures.of(1, List.of(new Outcome.Answered(5, 5, 5, 1, 0, 1)), 1);
    assertTrue(Double.isNaN(figures.timePerOutputToken().p50()));
  }

  @Test
  void promptsShareTheirPrefixAndNothingElse() {
    var shape = new LoadShape(60, 30, 1);
    // 10 words cost 25 tokens and 20 words 45: 5 of the template, 2 a word.
    PromptWords prompts = PromptWords.measured(shape, 10, 25, 20, 45);
    String[] one = prompts.prompt(1).split(" ");
    String[] two = prompts.prompt(2).split(" ");
    assertEquals(28, one.length);
    assertEquals(28, two.length);
    int same = 0;
    while (one[same].equals(two[same])) {
      same++;
    }
    assertTrue(same >= 13 && same < 20, "13 words of a prefix, but " + same + " are the same");
    assertEquals(prompts.prompt(1), prompts.prompt(1));
  }

  @Test
  void usageThatDoesNotGrowIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> PromptWords.measured(new LoadShape(60, 0, 1), 8, 20, 72, 20));
  }
}
