package dev.quern.planner.order;

import java.util.Arrays;

/**
 * Greedy grouping, after GGR ("Optimizing LLM Queries in Relational Data Analytics Workloads",
 * MLSys 2025): the value with the greatest gain goes first, its rows become a group that is ordered
 * by the remaining fields in the same way, and the rest of the rows goes on without them. Unlike
 * GGR it knows no limit of depth: counts are kept up to date while rows leave instead of being
 * taken anew, so that a level costs its rows times its fields.
 */
final class GroupOrder {
  private final FieldTable table;
  private final Gain gain;
  private final int[] rows;
  private final int[][] fields;
  private int filled;

  private GroupOrder(FieldTable table, Gain gain) {
    this.table = table;
    this.gain = gain;
    rows = new int[table.rows()];
    fields = new int[table.rows()][];
  }

  static FieldOrder of(FieldTable table, Gain gain) {
    var order = new GroupOrder(table, gain);
    int[] all = new int[table.rows()];
    Arrays.setAll(all, i -> i);
    int[] columns = new int[table.fields()];
    Arrays.setAll(columns, i -> i);
    if (all.length > 0) {
      order.group(all, columns, new int[0]);
    }
    return new FieldOrder(order.rows, order.fields);
  }

  /** Orders {@code members}, whose prompts start with the fields {@code head}, by {@code open}. */
  private void group(int[] members, int[] open, int[] head) {
    if (members.length == 1 || open.length == 0) {
      emit(members, join(head, open));
      return;
    }
    // What is constant here comes first: it splits no group.
    int[] constant = constant(members, open);
    if (constant.length > 0) {
      group(members, without(open, constant), join(head, constant));
      return;
    }
    var level = new Level(table, gain, members, open);
    for (Level.Group best = level.best(); best != null; best = level.best()) {
      int[] field = {level.field(best)};
      group(level.take(best), without(open, field), join(head, field));
    }
    leaf(level.left(), open, head);
  }

  /** Rows that share no whole value: the field whose values start most alike goes first. */
  private void leaf(int[] members, int[] open, int[] head) {
    if (members.length == 0) {
      return;
    }
    int best = 0;
    long bestShared = -1;
    for (int i = 0; i < open.length && members.length > 1; i++) {
      long shared = Prefixes.shared(table, open[i], members);
      if (shared > bestShared) {
        bestShared = shared;
        best = i;
      }
    }
    int[] first = {open[best]};
    emit(members, join(join(head, first), without(open, first)));
  }

  private void emit(int[] members, int[] order) {
    for (int row : members) {
      rows[filled] = row;
      fields[filled++] = order;
    }
  }

  private int[] constant(int[] members, int[] open) {
    return Arrays.stream(open)
        .filter(f -> {
          int[] codes = table.codes(f);
          int first = codes[members[0]];
          for (int row : members) {
            if (codes[row] != first) {
              return false;
            }
          }
          return true;
        })
        .toArray();
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  private static int[] without(int[] from, int[] these) {
    return Arrays.stream(from).filter(f -> Arrays.stream(these).noneMatch(t -> t == f)).toArray();
  }
}
