package dev.quern.planner.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenTreeTest {
  @Test
  void aTokenOfAnEarlierPromptIsCached() {
    var tree = new TokenTree(Long.MAX_VALUE);
    assertEquals(0, tree.add(new int[] {1, 2, 3, 4}, 0));
    assertEquals(2, tree.add(new int[] {1, 2, 5}, 0));
    assertEquals(1, tree.add(new int[] {1, 2}, 0), "the last token yields the first logits");
    assertEquals(3, tree.add(new int[] {1, 2, 3, 4}, 0));
    assertEquals(5, tree.size());
  }

  @Test
  void anEmptyPromptAddsNothing() {
    var tree = new TokenTree(10);
    assertEquals(0, tree.add(new int[0], 0));
    assertEquals(0, tree.size());
  }

  @RepeatedTest(20)
  void holdsTheDistinctPrefixes(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var tree = new TokenTree(Long.MAX_VALUE);
    Set<List<Integer>> prefixes = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int[] ids = random.ints(1 + random.nextInt(12), 0, 3).toArray();
      List<Integer> list = Arrays.stream(ids).boxed().toList();
      int known =
          (int)
              IntStream.range(1, ids.length)
                  .filter(n -> prefixes.contains(list.subList(0, n)))
                  .count();
      assertEquals(known, tree.add(ids, 0), "seed " + repetition.getCurrentRepetition());
      prefixes.addAll(
          IntStream.rangeClosed(1, ids.length)
              .mapToObj(n -> List.copyOf(list.subList(0, n)))
              .collect(Collectors.toSet()));
      assertEquals(prefixes.size(), tree.size());
    }
  }

  @Test
  void theLeafUnusedForLongestGoesFirst() {
    var tree = new TokenTree(7);
    tree.add(new int[] {1, 2, 3}, 1);
    tree.add(new int[] {1, 4, 5}, 1);
    assertEquals(7, tree.size());
    tree.add(new int[] {1, 2, 3}, 1);
    tree.add(new int[] {1, 6}, 0);
    assertTrue(tree.size() <= 7);
    assertEquals(2, tree.add(new int[] {1, 2, 3}, 1), "used since");
    assertEquals(1, tree.add(new int[] {1, 4, 5}, 1), "lost, its head is not");
  }
}
