package dev.quern.planner.cost;

import java.util.Arrays;
import java.util.List;

/**
 * How the tree of a sample's prompts grows when there are more of them. At each depth the number of
 * distinct prefixes is followed over a quarter, half and all of the sample: as a power of the
 * number of prompts (Heaps' law) whose exponent goes on falling, doubling by doubling, as it fell
 * in the sample. So heads stay one, a few topics fill up, and what every prompt has of its own
 * grows with their number.
 */
final class TreeGrowth {
  /**
   * Counts of a part of the sample.
   *
   * @param prompts for each depth the prompts that are at least so long
   * @param prefixes for each depth their distinct prefixes of that length
   */
  private record Part(long[] prompts, long[] prefixes) {
    static Part of(List<int[]> ids, int depths) {
      int[][] sorted = ids.toArray(int[][]::new);
      Arrays.sort(sorted, Arrays::compare);
      // Differences: sums over the depths give the counts.
      long[] prompts = new long[depths + 1];
      long[] prefixes = new long[depths + 1];
      for (int i = 0; i < sorted.length; i++) {
        int mismatch = i == 0 ? 0 : Arrays.mismatch(sorted[i - 1], sorted[i]);
        int common = mismatch < 0 ? sorted[i].length : mismatch;
        prompts[0]++;
        prompts[sorted[i].length]--;
        prefixes[common]++;
        prefixes[sorted[i].length]--;
      }
      Arrays.parallelPrefix(prompts, Long::sum);
      Arrays.parallelPrefix(prefixes, Long::sum);
      return new Part(prompts, prefixes);
    }
  }

  private TreeGrowth() {}

  /**
   * Size of the tree of {@code times} as many prompts over that of the sample's.
   *
   * @param sample token ids of distinct prompts, in random order
   */
  static double of(List<int[]> sample, double times) {
    int depths = sample.stream().mapToInt(ids -> ids.length).max().orElse(0);
    if (times <= 1 || depths == 0 || sample.size() < 4) {
      return times;
    }
    Part quarter = Part.of(sample.subList(0, sample.size() / 4), depths);
    Part half = Part.of(sample.subList(0, sample.size() / 2), depths);
    Part all = Part.of(sample, depths);
    double doublings = Math.log(times) / Math.log(2);
    double before = 0;
    double after = 0;
    for (int depth = 0; depth < depths; depth++) {
      double last = exponent(half, all, depth);
      double first = exponent(quarter, half, depth);
      double fall = first > 0 ? Math.clamp(last / first, 0, 1) : 1;
      before += all.prefixes[depth];
      after += all.prefixes[depth] * Math.pow(2, falling(last, fall, doublings));
    }
    return after / before;
  }

  private static double exponent(Part less, Part more, int depth) {
    if (less.prompts[depth] == 0 || less.prompts[depth] == more.prompts[depth]) {
      // Nothing to follow: the share of prefixes that are distinct stays.
      return 1;
    }
    double prefixes = more.prefixes[depth] / (double) less.prefixes[depth];
    double prompts = more.prompts[depth] / (double) less.prompts[depth];
    return Math.clamp(Math.log(prefixes) / Math.log(prompts), 0, 1);
  }

  /** The exponents of so many doublings, each {@code fall} times the one before, summed. */
  private static double falling(double exponent, double fall, double doublings) {
    double sum = 0;
    double each = exponent;
    for (double left = doublings; left > 0; left--) {
      each *= fall;
      sum += each * Math.min(1, left);
    }
    return sum;
  }
}
