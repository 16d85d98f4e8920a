package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows of higher priority beside a batch, on a device whose clock is a formula. */
final class OnlineRowsTest {
  private static final int CAP = 20;

  /** Milliseconds of a step of the scripted device. */
  private static double millis(ScheduledStep step) {
    int decode = step.decodeTokens();
    return 3 + 0.1 * (step.tokens() - decode) + 0.25 * decode;
  }

  private static ScheduledStep timed(BatchRun run) {
    ScheduledStep step = run.step();
    run.scheduler.took(step, 0, millis(step));
    return step;
  }

  private static List<TreeRow> rows(int count, int prompt, int answer, int firstId) {
    List<TreeRow> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int own = 100 * r;
      int[] tokens =
          IntStream.range(0, prompt).map(p -> p < prompt / 2 ? p : firstId + own + p).toArray();
      rows.add(new TreeRow(tokens, answer, answer));
    }
    return rows;
  }

  private static BatchRun run(int blocks, int seats, int stepMillis) {
    return new BatchRun("online", blocks, 16, new SchedulerLimits(seats, 512, true, stepMillis));
  }

  private static boolean online(Chunk chunk) {
    return chunk.sequence().priority() > 0;
  }

  @Test
  void stepsAreCappedWhileAnOnlineRowIsThereAndTheBatchLosesNothing() {
    BatchRun run = run(4096, 128, CAP);
    List<TreeRow> batch = rows(60, 200, 12, 10_000);
    List<TreeRow> all = new ArrayList<>(run.add(0, batch));
    for (int i = 0; i < 8; i++) {
      timed(run);
    }
    assertTrue(millis(timed(run)) > 1.5 * CAP, "the batch alone is not capped");
    all.addAll(run.add(1, rows(2, 400, 10, 900_000)));
    int steps = 0;
    for (boolean there = true; there; steps++) {
      ScheduledStep step = timed(run);
      assertTrue(step.chunks().stream().anyMatch(OnlineRowsTest::online), "in every step");
      assertTrue(millis(step) <= 1.1 * CAP, "step of " + millis(step) + " ms");
      assertTrue(millis(step) >= 0.6 * CAP, "the rest is the batch's: " + millis(step) + " ms");
      there = run.open().stream().anyMatch(s -> s.priority() > 0);
    }
    assertTrue(steps < 20, "both answers took " + steps + " steps");
    run.toTheEnd();
    assertEquals(TreeRow.nodes(all), run.computedPromptTokens());
  }

  @Test
  void stepsStayShortForAWhileBehindTheLastOnlineRow() {
    BatchRun run = run(4096, 128, CAP);
    run.add(0, rows(400, 200, 60, 10_000));
    for (int i = 0; i < 8; i++) {
      timed(run);
    }
    run.add(1, rows(1, 40, 4, 900_000));
    while (run.open().stream().anyMatch(s -> s.priority() > 0)) {
      timed(run);
    }
    double after = 0;
    while (after < 25_000 && run.open().size() > 128) {
      double step = millis(timed(run));
      assertTrue(step <= 1.1 * CAP, "step of " + step + " ms, " + after + " ms after the last");
      after += step;
    }
    for (int i = 0; i < 3; i++) {
      // An hour passes on the clock of the device.
      run.scheduler.took(new ScheduledStep(List.of()), 0, 3_600_000);
    }
    assertTrue(millis(timed(run)) > 1.5 * CAP, "nobody came: the batch alone is not capped");
  }

  @Test
  void theFirstCappedStepsAreShortThoughNothingWasTimed() {
    BatchRun run = run(4096, 128, CAP);
    run.add(1, rows(1, 400, 4, 900_000));
    run.add(0, rows(60, 200, 12, 10_000));
    while (run.open().stream().anyMatch(s -> s.priority() > 0)) {
      ScheduledStep step = timed(run);
      assertTrue(millis(step) <= 1.4 * CAP, "step of " + millis(step) + " ms");
    }
  }

  /** Of an online row, the only kind that asks here. */
  private static int readTokens(ScheduledStep step) {
    return step.chunks().stream()
        .filter(OnlineRowsTest::online)
        .mapToInt(c -> Math.max(0, Math.min(c.to(), c.sequence().promptLength() - 1) - c.from()))
        .sum();
  }

  @Test
  void stepsThatReadThePromptsLogitsAreCappedTooAndDoNotSpoilTheFit() {
    BatchRun run = run(4096, 128, CAP);
    run.add(0, rows(400, 200, 12, 10_000));
    for (int i = 0; i < 8; i++) {
      timed(run);
    }
    List<TreeRow> online = rows(2, 400, 4, 900_000);
    run.addWhole(1, online);
    int read = 0;
    int readingSteps = 0;
    while (run.open().stream().anyMatch(s -> s.priority() > 0)) {
      ScheduledStep step = run.step();
      int now = readTokens(step);
      double took = millis(step) + 0.4 * now;
      run.scheduler.took(step, now, took);
      read += now;
      readingSteps += now > 0 ? 1 : 0;
      double most = readingSteps > 1 ? 1.15 * CAP : 1.1 * CAP + 0.4 * 32;
      assertTrue(took <= most, "step " + readingSteps + " of " + took + " ms reads " + now);
    }
    assertEquals(2 * 399, read, "no token is read twice");
    for (int i = 0; i < 20; i++) {
      double plain = millis(timed(run));
      assertTrue(plain <= 1.1 * CAP && plain >= 0.8 * CAP, "plain step of " + plain + " ms");
    }
  }

  @Test
  void anOnlineRowTakesTheSeatOfTheLastAndNothingIsComputedTwice() {
    BatchRun run = run(4096, 4, 0);
    List<TreeRow> all = new ArrayList<>(run.add(0, rows(10, 40, 30, 10_000)));
    for (int i = 0; i < 5; i++) {
      run.step();
    }
    all.addAll(run.add(1, rows(1, 64, 5, 900_000)));
    ScheduledStep step = run.step();
    assertTrue(online(step.chunks().getFirst()), "it runs in the next step");
    assertEquals(3, step.chunks().stream().filter(c -> !online(c)).count());
    run.toTheEnd();
    assertEquals(TreeRow.nodes(all), run.computedPromptTokens());
  }

  @Test
  void whereMemoryIsShortOnlyAsManyRowsOfTheBatchStepBackAsNeeded() {
    BatchRun run = run(24, 16, 0); // a row of the batch takes 2 shared and 4 own blocks
    List<TreeRow> all = new ArrayList<>(run.add(0, rows(5, 64, 30, 10_000)));
    for (int i = 0; i < 22; i++) {
      run.step(); // all five run, and hold 22 blocks
    }
    assertEquals(2, run.cache.availableBlocks());
    all.addAll(run.add(1, rows(1, 48, 5, 900_000)));
    assertTrue(online(run.step().chunks().getFirst()), "it runs in the next step");
    assertEquals(5, run.scheduler.runningSequences(), "one of five has stepped back");
    run.toTheEnd();
    int twice = (int) (run.computedPromptTokens() - TreeRow.nodes(all));
    assertTrue(twice <= 64, twice + " tokens twice: more than the own ones of one row");
  }
}
