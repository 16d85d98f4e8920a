package dev.quern.planner.order;

import java.util.Arrays;
import java.util.List;

/**
 * Greedy grouping, after GGR ("Optimizing LLM Queries in Relational Data Analytics Workloads",
 * MLSys 2025): the value with the greatest gain goes first, its rows become a group that is ordered
 * by the remaining fields in the same way, and the rest of the rows goes on without them. Unlike
 * GGR it knows no limit of depth: counts are kept up to date while rows leave instead of being
 * taken anew, so that a level costs its rows times its fields.
 */
final class GroupOrder {
  private final FieldTable table;
  private final Rule rule;
  private final int[] rows;
  private final int[][] fields;
  private final int[] scratch;
  private int filled;

  private GroupOrder(FieldTable table, Rule rule, int count) {
    this.table = table;
    this.rule = rule;
    scratch = new int[table.mostDistinct()];
    rows = new int[count];
    fields = new int[count][];
  }

  /**
   * Rows whose prompts start alike.
   *
   * @param rows row numbers
   * @param head fields that they start with
   * @param open the other fields
   */
  record Start(int[] rows, int[] head, int[] open) {}

  static FieldOrder of(FieldTable table, Rule rule) {
    return sample(table, rule, 1);
  }

  /** The order of every {@code step}-th row alone. */
  static FieldOrder sample(FieldTable table, Rule rule, int step) {
    int[] rows = new int[(table.rows() + step - 1) / step];
    Arrays.setAll(rows, i -> i * step);
    int[] columns = new int[table.fields()];
    Arrays.setAll(columns, i -> i);
    return of(table, rule, List.of(new Start(rows, new int[0], columns)));
  }

  /** The order of some rows whose first fields are given; each row stands in one start. */
  static FieldOrder of(FieldTable table, Rule rule, List<Start> starts) {
    int count = starts.stream().mapToInt(start -> start.rows.length).sum();
    var order = new GroupOrder(table, rule, count);
    for (Start start : starts) {
      order.group(start.rows, start.open, start.head, 0, 0);
    }
    return new FieldOrder(order.rows, order.fields);
  }

  /**
   * Orders {@code members}, whose prompts start with the fields {@code head}, by {@code open}.
   *
   * @param groups groups that left the levels above before this one
   * @param chosen fields of the head that a group was made for
   */
  private void group(int[] members, int[] open, int[] head, int groups, int chosen) {
    if (members.length <= 1 || open.length <= 1) {
      emit(members, join(head, open));
      return;
    }
    // What is constant here comes first: it splits no group.
    int[] constant = rule.constantsFirst() ? constant(members, open) : new int[0];
    if (constant.length > 0) {
      group(members, without(open, constant), join(head, constant), groups, chosen);
      return;
    }
    if (chosen >= rule.mostFields()) {
      emit(members, join(head, byStatistics(members, open)));
      return;
    }
    if (members.length == 2 && rule.constantsFirst()) {
      leaf(members, open, head);
      return;
    }
    var level = new Level(table, rule.gain(), members, open, scratch);
    Level.Group best = level.best();
    for (int left = groups; best != null && left < rule.mostGroups(); left++) {
      if (best.gain() < rule.leastGain()) {
        break;
      }
      int[] field = {level.field(best)};
      group(level.take(best), without(open, field), join(head, field), left, chosen + 1);
      best = level.best();
    }
    leaf(level.left(), open, head);
  }

  private int[] byStatistics(int[] members, int[] open) {
    return StatisticsOrder.fields(table, members, open, rule.gain().names(), scratch);
  }

  private void leaf(int[] members, int[] open, int[] head) {
    if (members.length <= 1) {
      emit(members, join(head, open));
      return;
    }
    int[] order = rule.constantsFirst() ? byStart(members, open) : byStatistics(members, open);
    emit(members, join(head, order));
  }

  /** Rows that share no whole value: the field whose values start most alike goes first. */
  private int[] byStart(int[] members, int[] open) {
    int best = 0;
    long bestShared = -1;
    for (int i = 0; i < open.length; i++) {
      long shared = Prefixes.shared(table, open[i], members);
      if (shared > bestShared) {
        bestShared = shared;
        best = i;
      }
    }
    int[] first = {open[best]};
    return join(first, without(open, first));
  }

  private void emit(int[] members, int[] order) {
    for (int row : members) {
      rows[filled] = row;
      fields[filled++] = order;
    }
  }

  private int[] constant(int[] members, int[] open) {
    int[] constant = new int[open.length];
    int n = 0;
    for (int f : open) {
      int[] codes = table.codes(f);
      int row = 1;
      while (row < members.length && codes[members[row]] == codes[members[0]]) {
        row++;
      }
      if (row == members.length) {
        constant[n++] = f;
      }
    }
    return Arrays.copyOf(constant, n);
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  /**
   * @param these some of {@code from}, in the same order
   */
  private static int[] without(int[] from, int... these) {
    int[] rest = new int[from.length - these.length];
    int n = 0;
    int gone = 0;
    for (int f : from) {
      if (gone < these.length && these[gone] == f) {
        gone++;
      } else {
        rest[n++] = f;
      }
    }
    return rest;
  }
}
