package dev.quern.planner.order;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * The rows of one level of the recursion, while groups of equal values leave it. For each open
 * field the rows stand sorted by value, so that the rows of a value are a run; how many of a run
 * are still here is counted down as groups leave.
 */
final class Level {
  /**
   * A value that several rows share: run {@code run} of the open field at {@code index}.
   *
   * @param first the first of its members that is still here
   */
  record Group(double gain, int index, int first, int run) implements Comparable<Group> {
    /** The greatest gain first; then fields and members in their order. */
    @Override
    public int compareTo(Group other) {
      if (gain != other.gain) {
        return gain > other.gain ? -1 : 1;
      }
      return index != other.index
          ? Integer.compare(index, other.index)
          : Integer.compare(first, other.first);
    }
  }

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
  private final PriorityQueue<Group> groups = new PriorityQueue<>();

  /**
   * @param scratch as many zeros as any field has values; left so
   */
  Level(FieldTable table, Gain gain, int[] members, int[] open, int[] scratch) {
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
      sort(i, scratch);
    }
    for (int i = 0; i < open.length; i++) {
      for (int run = 0; run < count[i].length; run++) {
        if (count[i][run] > 1) {
          groups.add(group(i, run));
        }
      }
    }
  }

  private Group group(int i, int run) {
    int first = firstOf(i, run);
    return new Group(gainOf(i, run, first), i, first, run);
  }

  /** Runs are numbered as their values first appear, members keep their order in a run. */
  private void sort(int i, int[] runOfCode) {
    int[] codes = table.codes(open[i]);
    int n = members.length;
    int[] counts = new int[n];
    int runs = 0;
    for (int m = 0; m < n; m++) {
      int code = codes[members[m]];
      if (runOfCode[code] == 0) {
        runOfCode[code] = ++runs;
      }
      int run = runOfCode[code] - 1;
      runOf[i][m] = run;
      counts[run]++;
    }
    int[] starts = new int[runs + 1];
    for (int run = 0; run < runs; run++) {
      starts[run + 1] = starts[run] + counts[run];
    }
    int[] next = starts.clone();
    int[] order = new int[n];
    for (int m = 0; m < n; m++) {
      order[next[runOf[i][m]]++] = m;
      runOfCode[codes[members[m]]] = 0;
    }
    sorted[i] = order;
    start[i] = starts;
    count[i] = Arrays.copyOf(counts, runs);
  }

  private double gainOf(int i, int run, int first) {
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
    int code = table.codes(open[i])[members[member]];
    return gain.names() ? table.cost(open[i], code) : table.length(open[i], code);
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
      Group now = group(group.index, group.run);
      if (now.gain >= group.gain && now.first == group.first) {
        return group;
      }
      groups.add(now);
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
