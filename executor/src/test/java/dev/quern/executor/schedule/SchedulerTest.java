package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.HashSet;
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
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 8, true), _ -> {});
    scheduler.add(new Sequence(0, 0, 0, prompt(3, 0)));
    scheduler.add(new Sequence(0, 0, 1, prompt(20, 100)));
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
    var scheduler = new Scheduler(cache, new SchedulerLimits(8, 64, true), _ -> {});
    for (int i = 0; i < 4; i++) {
      int[] tokens = prompt(11, 0);
      tokens[10] = 900 + i;
      scheduler.add(new Sequence(0, 0, i, tokens));
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
    var scheduler = new Scheduler(cache, new SchedulerLimits(1, 8, true), _ -> {});
    scheduler.add(new Sequence(0, 0, 0, prompt(2, 0)));
    scheduler.add(new Sequence(1, 1, 0, prompt(3, 50)));
    assertEquals("0-3", shape(scheduler.next(_ -> true)));
  }

  @Test
  void sequencesWhoseConsumerIsSlowDoNotStartAndDoNotBlockOthers() {
    var cache = new PrefixCache(2048, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 8, true), _ -> {});
    for (int i = 0; i < 400; i++) {
      scheduler.add(new Sequence(0, 0, i, prompt(2, 10 * i)));
    }
    var other = new Sequence(0, 1, 0, prompt(3, 9000));
    scheduler.add(other);
    assertEquals("0-3", shape(scheduler.next(s -> s == other)));
  }

  @Test
  void withoutChunkedPrefillAPromptWaitsForAStepThatHoldsIt() {
    var cache = new PrefixCache(64, 4, true, 0);
    var scheduler = new Scheduler(cache, new SchedulerLimits(4, 8, false), _ -> {});
    scheduler.add(new Sequence(0, 0, 0, prompt(5, 0)));
    scheduler.add(new Sequence(0, 0, 1, prompt(8, 100)));
    ScheduledStep one = scheduler.next(_ -> true);
    assertEquals("0-5", shape(one));
    ran(scheduler, one);
    scheduler.drop(one.chunks().getFirst().sequence());
    assertEquals("0-8", shape(scheduler.next(_ -> true)));
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
            new SchedulerLimits(1 + random.nextInt(6), 1 + random.nextInt(9), true),
            _ -> {});
    Set<Sequence> open = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      int[] tokens = random.ints(1 + random.nextInt(12), 0, 3).toArray();
      var s = new Sequence(random.nextInt(2), i / 20, i, tokens);
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
