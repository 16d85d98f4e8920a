package dev.quern.planner.order;

import java.util.ArrayList;
import java.util.List;

/**
 * Orders of fields for rows that come window by window. Each window is solved by itself and once
 * more from the heads of the windows before it; what shares more characters with all prompts so far
 * is taken. The same windows in the same order give the same orders.
 */
public final class WindowOrders {
  /**
   * Most rows * fields * fields of a window that is solved; a larger one takes one order by
   * statistics, as the time would no longer be small beside the model's.
   */
  static final long MOST_WORK = 1L << 24;

  private final List<String> names;
  private final KnownHeads known = new KnownHeads();
  private long shared;

  /**
   * @param names of the fields
   */
  public WindowOrders(List<String> names) {
    this.names = List.copyOf(names);
  }

  /**
   * The order of the fields of each row.
   *
   * @param rows different rows, values as JSON texts, [row][field]; at least one
   */
  public int[][] next(List<List<String>> rows) {
    List<List<String>> fields = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      int field = f;
      fields.add(rows.stream().map(row -> row.get(field)).toList());
    }
    FieldTable table = FieldTable.of(names, fields);
    SharedStarts best = best(table);
    shared += best.characters();
    known.add(table, best.order());
    int[][] orders = new int[rows.size()][];
    for (int i = 0; i < orders.length; i++) {
      orders[best.order().rows()[i]] = best.order().fields()[i];
    }
    return orders;
  }

  private SharedStarts best(FieldTable table) {
    if ((long) table.rows() * table.fields() * table.fields() > MOST_WORK) {
      return SharedStarts.of(table, StatisticsOrder.of(table), known);
    }
    FieldOrderSolver.Best fresh = FieldOrderSolver.best(table);
    if (known.isEmpty()) {
      return fresh.starts();
    }
    SharedStarts alone = SharedStarts.of(table, fresh.starts().order(), known);
    SharedStarts kept =
        SharedStarts.of(table, GroupOrder.of(table, fresh.rule(), known.starts(table)), known);
    return kept.characters() >= alone.characters() ? kept : alone;
  }

  /** Characters that the prompts so far share with earlier ones, at least. */
  public long shared() {
    return shared;
  }
}
