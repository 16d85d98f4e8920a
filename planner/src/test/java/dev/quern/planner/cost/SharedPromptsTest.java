package dev.quern.planner.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.engine.PromptTokens.KvRoom;
import dev.quern.planner.cost.SharedPrompts.Sampled;
import dev.quern.planner.cost.SharedPrompts.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedPromptsTest {
  private static final KvRoom WIDE = new KvRoom(1 << 20, 4, 8, true);

  /** A head of {@code head} tokens, then one of {@code topics} topics of 5 tokens, then 3 own. */
  private static Sampled prompt(int call, long row, int head, int topics, Random random) {
    int topic = random.nextInt(topics);
    int[] ids =
        IntStream.concat(
                IntStream.concat(
                    IntStream.range(0, head), IntStream.range(0, 5).map(i -> 1000 + topic)),
                random.ints(3, 0, 1_000_000))
            .toArray();
    return new Sampled(call, row, ids, 2);
  }

  @Test
  void aHeadCountsOnceAndCallsAddUp() {
    var a = new Sampled(0, 0, new int[] {1, 2, 3, 10}, 4);
    var b = new Sampled(1, 0, new int[] {1, 2, 3, 11}, 8);
    List<Tokens> tokens = new SharedPrompts(WIDE, 100).estimate(List.of(b, a), 2, 2);
    assertEquals(new Tokens(4, 4, 0, 4, 2), tokens.get(0));
    assertEquals(new Tokens(4, 1, 0, 8, 3), tokens.get(1));
  }

  @Test
  void withoutSharingAllIsComputed() {
    var room = new KvRoom(1 << 20, 4, 8, false);
    var a = new Sampled(0, 0, new int[] {1, 2, 3, 10}, 4);
    var b = new Sampled(0, 1, new int[] {1, 2, 3, 11}, 4);
    assertEquals(8, new SharedPrompts(room, 100).estimate(List.of(a, b), 1, 2).get(0).computed());
  }

  @Test
  void tokensThatNoBlockHoldsAreComputedAgain() {
    List<Sampled> prompts = new ArrayList<>();
    // Ten topics come round in every window of 64 rows: all are wanted again in the next one.
    for (int row = 0; row < 640; row++) {
      int topic = row % 10;
      int own = row;
      int[] ids =
          IntStream.range(0, 21).map(i -> i < 20 ? topic * 100 + i : 10_000 + own).toArray();
      prompts.add(new Sampled(0, row, ids, 0));
    }
    Tokens wide = new SharedPrompts(WIDE, 64).estimate(prompts, 1, 640).get(0);
    assertEquals(10 * 20 + 640, wide.computed());
    assertEquals(0, wide.recomputed());
    Tokens tight =
        new SharedPrompts(new KvRoom(12, 4, 8, true), 64).estimate(prompts, 1, 640).get(0);
    assertEquals(9 * 10 * 20, tight.recomputed(), "in each window but the first");
    assertEquals(10 * 20 + 640 + 9 * 10 * 20, tight.computed());
  }

  @Test
  void aSampleTellsTheTreeOfAll() {
    var random = new Random(7);
    List<Sampled> all = new ArrayList<>();
    for (int row = 0; row < 50_000; row++) {
      all.add(prompt(0, row, 30, 800, random));
    }
    var shared = new SharedPrompts(WIDE, 4096);
    double exact = shared.estimate(all, 1, all.size()).get(0).computed();
    double sampled = shared.estimate(all.subList(0, 2000), 1, all.size()).get(0).computed();
    assertEquals(exact, sampled, exact * 0.03);
  }
}
