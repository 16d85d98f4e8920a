package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.cache.Turn;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scheduling on values alone: no model, a "token" is drawn as soon as a step wants logits. */
final class SchedulerTest {
  private static int[] prompt(int length, int first) {
    return IntStream.range(0, length).map(i -> first + i).toArray();
  }

  private static String shape(ScheduledStep step) {
    return String.join(" ", step.chunks().stream().map(c -> c.from() + "-" + c.to()).toList());
  }

  private static void ran(Scheduler scheduler, ScheduledStep step) {
    scheduler.completed(step);
    step.chunks().stream().filter(Chunk::wantsLogits).forEach(c -> c.sequence().append(5));
  }

  @Test
  void longPromptsAreChunkedAndDecodeGoesOnBesideThem() {
    var cache = new PrefixCache(64, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 8, true, 0), _ -> {});
    scheduler.add(new Sequence(new Turn(0, 0, 0), prompt(3, 0), 12));
    scheduler.add(new Sequence(new Turn(0, 0, 1), prompt(20, 100), 12));
    ScheduledStep one = scheduler.next(_ -> true);
    assertEquals("0-3 0-5", shape(one));
    ran(scheduler, one);
    ScheduledStep two = scheduler.next(_ -> true);
    assertEquals("3-4 5-12", shape(two));
    ran(scheduler, two);
    assertEquals("4-5 12-19", shape(scheduler.next(_ -> true)));
  }

  @Test
  void aSharedPrefixIsComputedOnceAndSiblingsWaitForIt() {
    var cache = new PrefixCache(64, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(8, 64, true, 0), _ -> {});
    for (int i = 0; i < 4; i++) {
      int[] tokens = prompt(11, 0);
      tokens[10] = 900 + i;
      scheduler.add(new Sequence(new Turn(0, 0, i), tokens, 12));
    }
    ScheduledStep one = scheduler.next(_ -> true);
    assertEquals("0-11", shape(one));
    ran(scheduler, one);
    ScheduledStep two = scheduler.next(_ -> true);
    assertEquals("11-12 10-11 10-11 10-11", shape(two));
    assertEquals(2, two.input(4).attention().sharedBlocks()[1]);
  }

  @Test
  void higherPriorityStartsFirst() {
    var cache = new PrefixCache(64, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(1, 8, true, 0), _ -> {});
    scheduler.add(new Sequence(new Turn(0, 0, 0), prompt(2, 0), 12));
    scheduler.add(new Sequence(new Turn(1, 1, 0), prompt(3, 50), 12));
    assertEquals("0-3", shape(scheduler.next(_ -> true)));
  }

  @Test
  void sequencesWhoseConsumerIsSlowDoNotStartAndDoNotBlockOthers() {
    var cache = new PrefixCache(2048, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 8, true, 0), _ -> {});
    for (int i = 0; i < 400; i++) {
      scheduler.add(new Sequence(new Turn(0, 0, i), prompt(2, 10 * i), 12));
    }
    var other = new Sequence(new Turn(0, 1, 0), prompt(3, 9000), 12);
    scheduler.add(other);
    assertEquals("0-3", shape(scheduler.next(s -> s == other)));
  }

  @Test
  void withoutChunkedPrefillAPromptWaitsForAStepThatHoldsIt() {
    var cache = new PrefixCache(64, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 8, false, 0), _ -> {});
    scheduler.add(new Sequence(new Turn(0, 0, 0), prompt(5, 0), 12));
    scheduler.add(new Sequence(new Turn(0, 0, 1), prompt(8, 100), 12));
    ScheduledStep one = scheduler.next(_ -> true);
    assertEquals("0-5", shape(one));
    ran(scheduler, one);
    scheduler.drop(one.chunks().getFirst().sequence());
    assertEquals("0-8", shape(scheduler.next(_ -> true)));
  }

  /** The head of rows whose consumer is slow outlives newer blocks that nobody wants any more. */
  @Test
  void aSharedNodeStaysUntilItsLastDescendantIsDoneAndThenGoesBeforeWantedOnes() {
    var cache = new PrefixCache(8, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 64, true, 0), _ -> {});
    List<Sequence> batch = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int[] tokens = prompt(18, 0); // 4 blocks of head, 1 of its own
      tokens[16] = 900 + i;
      batch.add(new Sequence(new Turn(0, 0, i), tokens, 1));
      scheduler.add(batch.get(i));
    }
    runAlone(scheduler, batch.get(0));
    for (int i = 0; i < 6; i++) { // 12 blocks pass through the 4 that are left
      var other = new Sequence(new Turn(1, 1 + i, 0), prompt(8, 1000 + 10 * i), 1);
      scheduler.add(other);
      runAlone(scheduler, other);
    }
    runAlone(scheduler, batch.get(1));
    assertEquals(16, batch.get(1).cachedTokens());
    runAlone(scheduler, batch.get(2));
    assertEquals(16, batch.get(2).cachedTokens());

    // The head is the newest now and nobody wants it: it makes room before an older block does.
    var wanted = new Sequence(new Turn(0, 10, 0), prompt(9, 1050), 1);
    scheduler.add(wanted);
    var large = new Sequence(new Turn(1, 11, 0), prompt(24, 5000), 1);
    scheduler.add(large);
    runAlone(scheduler, large);
    runAlone(scheduler, wanted);
    assertEquals(8, wanted.cachedTokens());
  }

  private static void runAlone(Scheduler scheduler, Sequence sequence) {
    ScheduledStep step = scheduler.next(s -> s == sequence);
    assertEquals(List.of(sequence), step.chunks().stream().map(Chunk::sequence).toList());
    ran(scheduler, step);
    scheduler.drop(sequence);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everySequenceEndsUnderTightMemoryAndTheBooksBalance(long seed) {
    var random = new Random(seed);
    int blockSize = 1 + random.nextInt(4);
    int longest = 24;
    var cache =
        new PrefixCache(Math.ceilDiv(longest, blockSize) + random.nextInt(6), blockSize, true, 0);
    var scheduler =
        new Scheduler(
            cache,
            new SchedulerLimits(1 + random.nextInt(6), 1 + random.nextInt(9), true, 0),
            _ -> {});
    Set<Sequence> open = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      int[] tokens = random.ints(1 + random.nextInt(12), 0, 3).toArray();
      var s = new Sequence(new Turn(random.nextInt(2), i / 20, i), tokens, 12);
      open.add(s);
      scheduler.add(s);
    }
    int steps = 0;
    while (!open.isEmpty()) {
      assertTrue(++steps < 20_000, "seed " + seed + ": stuck with " + open);
      ScheduledStep step = scheduler.next(_ -> true);
      assertTrue(!step.chunks().isEmpty(), "seed " + seed + ": nothing runs of " + open);
      scheduler.completed(step);
      for (Chunk chunk : step.chunks()) {
        Sequence s = chunk.sequence();
        assertTrue(open.contains(s), "seed " + seed + ": ended sequence runs");
        if (chunk.wantsLogits()) {
          s.append(random.nextInt(3));
          if (s.length() >= s.promptLength() + 3 + (s.promptLength() % 9)) {
            scheduler.drop(s);
            open.remove(s);
          }
        }
      }
      cache.checkIntegrity();
    }
    assertEquals(cache.totalBlocks(), cache.availableBlocks(), "seed " + seed);
  }
}
