package dev.quern.planner.order;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PrefixesTest {
  /** The definition, word for word. */
  private static long byDefinition(List<String> prompts) {
    long hits = 0;
    for (int i = 0; i < prompts.size(); i++) {
      int best = 0;
      for (int j = 0; j < i; j++) {
        int[] a = prompts.get(i).codePoints().toArray();
        int[] b = prompts.get(j).codePoints().toArray();
        int k = 0;
        while (k < a.length && k < b.length && a[k] == b[k]) {
          k++;
        }
        best = Math.max(best, k);
      }
      hits += best;
    }
    return hits;
  }

  @Test
  void sortedNeighboursGiveTheMeasureInAnyOrder() {
    var random = new Random(5);
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      var text = new StringBuilder();
      for (int k = random.nextInt(8); k >= 0; k--) {
        text.appendCodePoint("abé😀😁".codePoints().toArray()[random.nextInt(5)]);
      }
      prompts.add(text.toString());
    }
    long expected = byDefinition(prompts);
    assertEquals(expected, Prefixes.sharedCharacters(prompts));
    Collections.shuffle(prompts, random);
    assertEquals(expected, byDefinition(prompts));
  }

  @Test
  void tokensShareAsCharactersDo() {
    List<int[]> prompts =
        List.of(new int[] {1, 2, 3}, new int[] {1, 2}, new int[] {1, 2, 3}, new int[] {4});
    assertEquals(5, Prefixes.sharedTokens(prompts));
  }
}
