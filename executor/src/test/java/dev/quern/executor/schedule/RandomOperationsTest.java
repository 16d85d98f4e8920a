package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches and online rows come, are cancelled and run in any order, in memory that is too small for
 * them. After each step {@link BatchRun} proves that free, cached and held blocks make up the
 * cache, that none is in two places, that a block has as many users as sequences name it, and that
 * each token drawn is the one that the row draws alone.
 */
final class RandomOperationsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void booksBalanceAndAnswersAreThoseOfRowsAlone(int part) {
    for (long seed = part * 25L; seed < part * 25L + 25; seed++) {
      operate(seed);
    }
  }

  private static void operate(long seed) {
    var random = new Random(seed);
    int blockSize = 1 + random.nextInt(9);
    List<TreeRow> pool = TreeRow.random(random, 20 + random.nextInt(30), 8, 12);
    int largest =
        pool.stream()
            .mapToInt(r -> Math.ceilDiv(r.prompt().length + r.answer(), blockSize))
            .max()
            .orElseThrow();
    var limits =
        new SchedulerLimits(
            1 + random.nextInt(8), 1 + random.nextInt(20), true, random.nextInt(3) * 10);
    var run = new BatchRun("seed " + seed, largest + random.nextInt(12), blockSize, limits);
    Set<Sequence> seen = new HashSet<>();
    for (int i = 0; i < 250; i++) {
      switch (random.nextInt(12)) {
        case 0 -> run.add(0, some(random, pool, 8));
        case 1 -> run.add(1 + random.nextInt(2), some(random, pool, 2));
        case 2 -> {
          List<Sequence> open = run.open();
          if (!open.isEmpty()) {
            run.end(open.get(random.nextInt(open.size())));
          }
        }
        default -> {
          if (run.running()) {
            ScheduledStep step = run.step();
            step.chunks().stream().map(Chunk::sequence).forEach(seen::add);
            run.scheduler.took(step, 0, 1 + step.tokens() * random.nextDouble());
          }
        }
      }
    }
    run.toTheEnd();
    assertTrue(seen.size() > 10, "seed " + seed + ": only " + seen.size() + " rows ran");
    assertEquals(0, run.scheduler.runningSequences() + run.scheduler.waitingSequences());
  }

  private static List<TreeRow> some(Random random, List<TreeRow> pool, int most) {
    return random.ints(1 + random.nextInt(most), 0, pool.size()).mapToObj(pool::get).toList();
  }
}
