package dev.quern.executor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.cache.Turn;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs rows through scheduler and cache on a {@link HashModel} and checks every answer. */
final class BatchRun {
  /** Answers are made of ids that no prompt holds, so that a prompt never continues an answer. */
  private static final int FIRST_ANSWER_ID = 1000;

  final PrefixCache cache;
  final Scheduler scheduler;
  private final String name;
  private final HashModel model;
  private final SchedulerLimits limits;
  private final Map<Sequence, TreeRow> open = new LinkedHashMap<>();
  private final List<Sequence> ended = new ArrayList<>();
  private long batches;
  private int steps;
  private long computedPromptTokens;

  BatchRun(String name, int blocks, int blockSize, SchedulerLimits limits) {
    this.name = name;
    this.limits = limits;
    cache = new PrefixCache(blocks, blockSize, true, 0);
    model = new HashModel(blocks, blockSize, FIRST_ANSWER_ID, 1 << 20);
    scheduler = new Scheduler(cache, limits, model::copy);
  }

  /** Adds a batch in prefix-tree order, as the engine does; returns its rows in that order. */
  List<TreeRow> add(int priority, List<TreeRow> rows) {
    return add(priority, rows, false);
  }

  /** The same for rows whose whole prompt must be computed. */
  List<TreeRow> addWhole(int priority, List<TreeRow> rows) {
    return add(priority, rows, true);
  }

  private List<TreeRow> add(int priority, List<TreeRow> rows, boolean wholePrompt) {
    List<TreeRow> sorted = new ArrayList<>(rows);
    sorted.sort((a, b) -> Arrays.compare(a.prompt(), b.prompt()));
    for (int i = 0; i < sorted.size(); i++) {
      TreeRow row = sorted.get(i);
      var turn = new Turn(priority, batches, i);
      var s = new Sequence(turn, row.prompt().clone(), row.most(), wholePrompt);
      open.put(s, row);
      scheduler.add(s);
    }
    batches++;
    return sorted;
  }

  boolean running() {
    return !open.isEmpty();
  }

  /** One step; the rows that end in it have the answer they get alone. */
  ScheduledStep step() {
    assertTrue(++steps < 100_000, () -> name + ": stuck with " + open.keySet());
    ScheduledStep step = scheduler.next(_ -> true);
    assertTrue(!step.chunks().isEmpty(), () -> name + ": nothing runs of " + open.keySet());
    model.run(step);
    scheduler.completed(step);
    for (Chunk chunk : step.chunks()) {
      Sequence s = chunk.sequence();
      TreeRow row = open.get(s);
      assertTrue(row != null, () -> name + ": runs though it ended: " + s);
      computedPromptTokens += Math.max(0, Math.min(chunk.to(), s.promptLength()) - chunk.from());
      if (chunk.wantsLogits()) {
        int next = model.next(chunk);
        assertEquals(model.next(s.tokens(), s.length()), next, () -> name + ": answer of " + s);
        s.append(next);
        if (s.length() == s.promptLength() + row.answer()) {
          end(s);
        }
      }
    }
    assertTrue(scheduler.runningSequences() <= limits.maxSequences(), name);
    assertTrue(step.tokens() <= limits.maxTokens(), name);
    cache.checkIntegrity();
    cache.checkHolds(
        open.keySet().stream().filter(Sequence::running).map(Sequence::table).toList());
    return step;
  }

  void end(Sequence s) {
    scheduler.drop(s);
    open.remove(s);
    ended.add(s);
  }

  List<Sequence> open() {
    return List.copyOf(open.keySet());
  }

  BatchRun toTheEnd() {
    while (running()) {
      step();
    }
    assertEquals(cache.totalBlocks(), cache.availableBlocks(), name);
    return this;
  }

  int steps() {
    return steps;
  }

  /** Prompt tokens that steps held. */
  long computedPromptTokens() {
    return computedPromptTokens;
  }

  /** Prompt tokens computed as rows report them: prompt less cached. */
  long reportedPromptTokens() {
    return ended.stream().mapToLong(s -> s.promptLength() - s.cachedTokens()).sum();
  }
}
