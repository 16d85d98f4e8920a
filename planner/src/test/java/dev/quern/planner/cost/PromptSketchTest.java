package dev.quern.planner.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PromptSketchTest {
  /** The hash of a prompt that is a number. */
  private static long hash(long prompt) {
    return new SplittableRandom(prompt).nextLong();
  }

  private static PromptSketch<Long> of(int most, int prompts, int distinct) {
    var sketch = new PromptSketch<Long>(most);
    for (long i = 0; i < prompts; i++) {
      long prompt = i % distinct;
      sketch.add(hash(prompt), 0, i, () -> prompt);
    }
    return sketch;
  }

  @Test
  void isExactWhileAllFit() {
    var sketch = of(100, 1000, 100);
    assertTrue(sketch.exact());
    assertEquals(100, sketch.distinct());
    assertTrue(sketch.entries().stream().allMatch(e -> e.count() == 10 && e.row() == e.prompt()));
  }

  @Test
  void tellsHowManyDoNotFit() {
    var sketch = of(4096, 200_000, 100_000);
    assertFalse(sketch.exact());
    assertEquals(4096, sketch.entries().size());
    assertEquals(100_000, sketch.distinct(), 5_000);
    assertTrue(sketch.entries().stream().allMatch(e -> e.count() == 2));
  }

  @Test
  void whatWasSeenOnceGrowsWithTheRest() {
    assertEquals(4000, of(10_000, 1000, 1000).distinct(4), "a key stays one");
    assertEquals(500, of(10_000, 1000, 500).distinct(4), "all were seen twice");
    // 500 seen twice, 500 seen once.
    assertEquals(500 + 2 * 500, of(10_000, 1500, 1000).distinct(4));
  }
}
