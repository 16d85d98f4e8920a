package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Recomputation when the KV cache holds little more than the largest row. */
final class TightBudgetTest {
  private static final int SEEDS = 400;

  private static int blocks(TreeRow row, int blockSize) {
    return Math.ceilDiv(row.prompt().length + row.answer() - 1, blockSize);
  }

  @Test
  void promptTokensComputedAreWithinATenthOfTheBestOrder() {
    long best = 0;
    long ours = 0;
    long nodes = 0;
    double worst = 0;
    long worstSeed = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      int blockSize = 1 + random.nextInt(4);
      List<TreeRow> rows = TreeRow.random(random, 2 + random.nextInt(7), 5, 6);
      int largest = rows.stream().mapToInt(r -> blocks(r, blockSize)).max().orElseThrow();
      int memory = largest + random.nextInt(4);
      var run =
          new BatchRun(
              "seed " + seed,
              memory,
              blockSize,
              new SchedulerLimits(1 + random.nextInt(8), 1 + random.nextInt(16), true, 0));
      run.add(0, rows);
      run.toTheEnd();
      int least = BestOrder.leastTokens(rows, memory, blockSize);
      best += least;
      nodes += TreeRow.nodes(rows);
      ours += run.computedPromptTokens();
      double ratio = run.computedPromptTokens() / (double) least;
      if (ratio > worst) {
        worst = ratio;
        worstSeed = seed;
      }
    }
    double ratio = ours / (double) best;
    String found =
        "%d seeds: %d prompt tokens computed, %d in the best order, ratio %.4f (of one seed at most"
                .formatted(SEEDS, ours, best, ratio)
            + " %.2f, seed %d); %d nodes".formatted(worst, worstSeed, nodes);
    System.out.println(found);
    assertTrue(ratio <= 1.1, found);
  }

  /**
   * Larger trees than the search can order: beside the nodes of the tree, and once more each
   * repeated prompt, which any order computes. Long answers of many rows at once want more blocks
   * than there are.
   */
  @Test
  void growingAnswersDoNotMakePromptsBeComputedAgain() {
    long least = 0;
    long ours = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      int blockSize = 1 + random.nextInt(8);
      List<TreeRow> rows = TreeRow.random(random, 30 + random.nextInt(40), 12, 30);
      int largest = rows.stream().mapToInt(r -> blocks(r, blockSize)).max().orElseThrow();
      var run =
          new BatchRun(
              "seed " + seed,
              largest + random.nextInt(2 * largest),
              blockSize,
              new SchedulerLimits(4 + random.nextInt(28), 8 + random.nextInt(56), true, 0));
      List<TreeRow> order = run.add(0, rows);
      run.toTheEnd();
      least += TreeRow.nodes(rows) + TreeRow.repeated(order);
      ours += run.computedPromptTokens();
    }
    double ratio = ours / (double) least;
    String found =
        "%d seeds: %d prompt tokens computed, at least %d, ratio %.4f"
            .formatted(SEEDS, ours, least, ratio);
    System.out.println(found);
    assertTrue(ratio <= 1.1, found);
  }
}
