package dev.quern.executor.schedule;

/**
 * What a scheduler has done so far.
 *
 * @param queriedTokens tokens of the prompts of sequences that started, each once
 * @param hitTokens those of them that were found in the cache
 * @param recomputedTokens tokens of prompts admitted to be computed again
 * @param preemptions sequences that gave back what they held and wait again
 */
public record SchedulerCounts(
    long queriedTokens, long hitTokens, long recomputedTokens, long preemptions) {
  static final SchedulerCounts NONE = new SchedulerCounts(0, 0, 0, 0);

  SchedulerCounts started(int queried, int hit) {
    return new SchedulerCounts(
        queriedTokens + queried, hitTokens + hit, recomputedTokens, preemptions);
  }

  SchedulerCounts recomputes(int tokens) {
    return new SchedulerCounts(queriedTokens, hitTokens, recomputedTokens + tokens, preemptions);
  }

  SchedulerCounts preempted() {
    return new SchedulerCounts(queriedTokens, hitTokens, recomputedTokens, preemptions + 1);
  }
}
