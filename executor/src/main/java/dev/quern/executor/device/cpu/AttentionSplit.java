package dev.quern.executor.device.cpu;

/**
 * How a step's attention is cut into tasks: by KV head, by range of rows, and where that gives the
 * threads too little, by segment of keys. Results do not depend on it.
 *
 * @param rowsPerTask rows of a range; the last may have fewer
 * @param ranges ranges of rows
 * @param segments segments of keys, 1 when keys are not split
 * @param fused whether no sequence stands in two ranges, so that a task may store its own keys and
 *     go on to read them
 */
record AttentionSplit(int rowsPerTask, int ranges, int segments, boolean fused) {
  /** Queries of a task: enough to read a tile of keys once for many, few enough for the cache. */
  private static final int QUERIES = 192;

  /** Tokens of a KV head that take as long as the two runs of the pool that segments cost. */
  private static final int TWO_RUNS = 192;

  /**
   * @param group query heads of a KV head
   * @param segmentTokens keys of a segment
   */
  static AttentionSplit of(StepRows step, int group, int kvHeads, int threads, int segmentTokens) {
    int rows = step.rows();
    int most = Math.max(1, QUERIES / group);
    int ranges = (rows + most - 1) / most;
    while (ranges < rows && uneven(ranges * kvHeads, threads)) {
      ranges++;
    }
    int perTask = (rows + ranges - 1) / ranges;
    ranges = (rows + perTask - 1) / perTask;
    int tasks = ranges * kvHeads;
    int tokens = step.lastPosition() + 1;
    int segments = 1;
    if (uneven(tasks, threads)) {
      int split = step.lastPosition() / segmentTokens + 1;
      // Tokens that the busiest thread sees: whole segments first, the shorter last ones fill up.
      int whole = Math.ceilDiv(tasks * (split - 1), threads) * segmentTokens;
      int busiest = Math.max(whole, Math.ceilDiv(tasks * tokens, threads));
      if (busiest + TWO_RUNS < Math.ceilDiv(tasks, threads) * tokens) {
        segments = split;
      }
    }
    boolean fused = segments == 1;
    for (int i = 1; i < ranges && fused; i++) {
      fused = step.startsSequence(i * perTask);
    }
    return new AttentionSplit(perTask, ranges, segments, fused);
  }

  private static boolean uneven(int tasks, int threads) {
    return tasks < threads || (tasks < 4 * threads && tasks % threads != 0);
  }
}
