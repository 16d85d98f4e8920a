package dev.quern.planner.order;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The rows of one level of the recursion, while groups of equal values leave it. For each open
 * field the rows stand sorted by value, so that the rows of a value are a run; how many of a run
 * are still here is counted down as groups leave.
 */
final class Level {
  /** A value that several rows share: run {@code run} of the open field at {@code index}. */
  record Group(double gain, int index, int run) {}

  private static final Comparator<Group> BEST_FIRST =
      Comparator.comparingDouble(Group::gain)
          .reversed()
          .thenComparingInt(Group::index)
          .thenComparingInt(Group::run);

  private final FieldTable table;
  private final Gain gain;
  private final int[] members;
  private final int[] open;
  private final boolean[] gone;
  private int remaining;
  // Per open field: members sorted by value, where each run starts (and the end), the run of each
  // member, how many of a run are still here.
  private final int[][] sorted;
  private final int[][] start;
  private final int[][] runOf;
  private final int[][] count;
  private final PriorityQueue<Group> groups = new PriorityQueue<>(BEST_FIRST);

  Level(FieldTable table, Gain gain, int[] members, int[] open) {
    this.table = table;
    this.gain = gain;
    this.members = members;
    this.open = open;
    gone = new boolean[members.length];
    remaining = members.length;
    sorted = new int[open.length][];
    start = new int[open.length][];
    runOf = new int[open.length][members.length];
    count = new int[open.length][];
    for (int i = 0; i < open.length; i++) {
      sort(i);
    }
    for (int i = 0; i < open.length; i++) {
      for (int run = 0; run < count[i].length; run++) {
        if (count[i][run] > 1) {
          groups.add(new Group(gainOf(i, run), i, run));
        }
      }
    }
  }

  private void sort(int i) {
    int[] codes = table.codes(open[i]);
    int n = members.length;
    long[] keys = new long[n];
    for (int m = 0; m < n; m++) {
      keys[m] = (long) codes[members[m]] << 32 | m;
    }
    Arrays.sort(keys);
    int[] order = new int[n];
    int[] starts = new int[n + 1];
    int runs = 0;
    for (int m = 0; m < n; m++) {
      order[m] = (int) keys[m];
      if (m == 0 || keys[m] >> 32 != keys[m - 1] >> 32) {
        starts[runs++] = m;
      }
      runOf[i][order[m]] = runs - 1;
    }
    starts[runs] = n;
    sorted[i] = order;
    start[i] = Arrays.copyOf(starts, runs + 1);
    count[i] = new int[runs];
    for (int run = 0; run < runs; run++) {
      count[i][run] = starts[run + 1] - starts[run];
    }
  }

  private double gainOf(int i, int run) {
    int first = firstOf(i, run);
    long length = cost(i, first);
    if (gain.dependents()) {
      for (int j = 0; j < open.length; j++) {
        if (j != i && constant(j, i, run, first)) {
          length += cost(j, first);
        }
      }
    }
    return gain.of(length, count[i][run]);
  }

  private long cost(int i, int member) {
    return table.cost(open[i], table.codes(open[i])[members[member]]);
  }

  private int firstOf(int i, int run) {
    int at = start[i][run];
    while (gone[sorted[i][at]]) {
      at++;
    }
    return sorted[i][at];
  }

  /** Whether field j has one value in a run of field i. */
  private boolean constant(int j, int i, int run, int first) {
    int value = runOf[j][first];
    if (count[j][value] < count[i][run]) {
      return false;
    }
    for (int at = start[i][run]; at < start[i][run + 1]; at++) {
      int member = sorted[i][at];
      if (!gone[member] && runOf[j][member] != value) {
        return false;
      }
    }
    return true;
  }

  /** The group with the greatest gain, or null when no value is shared any more. */
  Group best() {
    while (!groups.isEmpty()) {
      Group group = groups.poll();
      if (count[group.index][group.run] < 2) {
        continue;
      }
      // Rows may have left since it was rated.
      double now = gainOf(group.index, group.run);
      if (now >= group.gain) {
        return group;
      }
      groups.add(new Group(now, group.index, group.run));
    }
    return null;
  }

  /** Removes a group's rows and returns them in the order of {@code members}. */
  int[] take(Group group) {
    int[] taken = new int[count[group.index][group.run]];
    int n = 0;
    for (int at = start[group.index][group.run]; at < start[group.index][group.run + 1]; at++) {
      int member = sorted[group.index][at];
      if (!gone[member]) {
        gone[member] = true;
        taken[n++] = members[member];
        for (int j = 0; j < open.length; j++) {
          count[j][runOf[j][member]]--;
        }
      }
    }
    remaining -= n;
    return taken;
  }

  /** The field of a group. */
  int field(Group group) {
    return open[group.index];
  }

  /** The rows that no group took. */
  int[] left() {
    int[] left = new int[remaining];
    int n = 0;
    for (int m = 0; m < members.length; m++) {
      if (!gone[m]) {
        left[n++] = members[m];
      }
    }
    return left;
  }
}
