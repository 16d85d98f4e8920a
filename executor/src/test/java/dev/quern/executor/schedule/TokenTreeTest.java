package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * With KV for everything a prompt token is computed once: prompt tokens computed = nodes of the
 * token tree of all prompts + rows whose last token another row had computed already.
 *
 * <p>The second term is the price of the first token of an answer: a row's last prompt token must
 * run in the row itself to yield logits, so it is computed again where the row comes, in the order
 * of execution (priority, batch, prefix-tree order inside the batch), behind a row with the same
 * prompt or one that its whole prompt begins. Inside a batch a prompt stands in front of those that
 * it begins, so there the term counts the rows beyond the first of each distinct prompt.
 */
final class TokenTreeTest {
  private static final int SEEDS = 400;

  @Test
  void promptTokensComputedAreTheNodesOfTheTokenTree() {
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      int blockSize = 1 + random.nextInt(17);
      boolean chunked = random.nextBoolean();
      int batches = 1 + random.nextInt(3);
      List<List<TreeRow>> all = new ArrayList<>();
      List<TreeRow> pool = TreeRow.random(random, 5 + random.nextInt(40), 14, 6);
      for (int b = 0; b < batches; b++) {
        all.add(pool.stream().filter(_ -> random.nextInt(4) > 0).toList());
      }
      int longest = pool.stream().mapToInt(r -> r.prompt().length).max().orElseThrow() + 6;
      int maxTokens = chunked ? 1 + random.nextInt(40) : longest + random.nextInt(40);
      var run =
          new BatchRun(
              "seed " + seed,
              40 * 3 * (2 + Math.ceilDiv(longest, blockSize)),
              blockSize,
              new SchedulerLimits(1 + random.nextInt(20), maxTokens, chunked, 0));
      List<TreeRow> order = new ArrayList<>();
      all.forEach(batch -> order.addAll(run.add(0, batch)));
      run.toTheEnd();
      String name =
          "seed " + seed + ", blocks of " + blockSize + ", " + maxTokens + " tokens a step";
      int expected = TreeRow.nodes(order) + TreeRow.repeated(order);
      assertEquals(expected, run.computedPromptTokens(), name);
      assertEquals(expected, run.reportedPromptTokens(), name + ": as reported");
    }
  }
}
