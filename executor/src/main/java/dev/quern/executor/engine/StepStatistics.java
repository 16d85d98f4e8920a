package dev.quern.executor.engine;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.schedule.ScheduledStep;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import dev.quern.executor.schedule.Scheduler;
import dev.quern.executor.schedule.SchedulerCounts;

/** Counts what the engine's thread does; belongs to that thread. */
final class StepStatistics {
  private final Scheduler scheduler;
  private final PrefixCache cache;
  private StepHistogram rows = EngineStatistics.NONE.stepRows();
  private StepHistogram tokens = EngineStatistics.NONE.stepTokens();
  private StepHistogram seconds = EngineStatistics.NONE.stepSeconds();
  private long steps;
  private long computed;
  private long generated;

  StepStatistics(Scheduler scheduler, PrefixCache cache) {
    this.scheduler = scheduler;
    this.cache = cache;
  }

  /**
   * A step has run.
   *
   * @param drawn tokens drawn in it
   */
  void ran(ScheduledStep step, int drawn, double took) {
    steps++;
    generated += drawn;
    int all = 0;
    for (Chunk chunk : step.chunks()) {
      all += chunk.to() - chunk.from();
      computed += Math.max(0, Math.min(chunk.to(), chunk.sequence().promptLength()) - chunk.from());
    }
    rows = rows.with(step.chunks().size());
    tokens = tokens.with(all);
    seconds = seconds.with(took);
  }

  EngineStatistics view() {
    int total = cache.totalBlocks();
    return view(
        scheduler.runningSequences(),
        scheduler.waitingSequences(),
        new EngineStatistics.KvBlocks(
            total,
            cache.heldBlocks(),
            cache.cachedBlocks(),
            cache.freeBlocks(),
            cache.swappedBlocks()));
  }

  /** When the engine has ended: nothing runs, nothing waits, nothing is kept. */
  EngineStatistics last() {
    int total = cache.totalBlocks();
    return view(0, 0, new EngineStatistics.KvBlocks(total, 0, 0, total, 0));
  }

  private EngineStatistics view(int running, int waiting, EngineStatistics.KvBlocks blocks) {
    SchedulerCounts counts = scheduler.counts();
    return new EngineStatistics(
        running,
        waiting,
        blocks,
        new EngineStatistics.Tokens(
            counts.queriedTokens(),
            counts.hitTokens(),
            computed,
            counts.recomputedTokens(),
            generated),
        counts.preemptions(),
        steps,
        rows,
        tokens,
        seconds);
  }
}
