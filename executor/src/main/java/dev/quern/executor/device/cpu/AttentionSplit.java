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
    int segments = 1;
    if (uneven(ranges * kvHeads, threads)) {
      segments = step.lastPosition() / segmentTokens + 1;
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
