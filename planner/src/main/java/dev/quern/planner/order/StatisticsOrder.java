package dev.quern.planner.order;

import java.util.Arrays;
import java.util.Comparator;

/**
 * One order of fields for many rows, by what a field is worth on average (GGR's fallback in MLSys
 * 2025): mean length squared times the rows that share a value.
 */
final class StatisticsOrder {
  private StatisticsOrder() {}

  /** One order for the whole table, rows as they come. */
  static FieldOrder of(FieldTable table) {
    int[] rows = new int[table.rows()];
    Arrays.setAll(rows, r -> r);
    int[] fields = new int[table.fields()];
    Arrays.setAll(fields, f -> f);
    int[] order = fields(table, rows, fields, true, new int[table.mostDistinct()]);
    int[][] orders = new int[rows.length][];
    Arrays.fill(orders, order);
    return new FieldOrder(rows, orders);
  }

  /**
   * The fields {@code open} in their order for these rows.
   *
   * @param names whether a field's name and punctuation count as part of its length
   * @param scratch as many zeros as any field has values; left so
   */
  static int[] fields(FieldTable table, int[] rows, int[] open, boolean names, int[] scratch) {
    double[] worth = new double[table.fields()];
    for (int f : open) {
      long total = 0;
      int distinct = 0;
      for (int row : rows) {
        int code = table.codes(f)[row];
        total += names ? table.cost(f, code) : table.length(f, code);
        distinct += scratch[code] == 0 ? 1 : 0;
        scratch[code] = 1;
      }
      for (int row : rows) {
        scratch[table.codes(f)[row]] = 0;
      }
      double mean = (double) total / rows.length;
      worth[f] = mean * mean * ((double) rows.length / distinct - 1);
    }
    return Arrays.stream(open)
        .boxed()
        .sorted(Comparator.comparingDouble(f -> -worth[f]))
        .mapToInt(f -> f)
        .toArray();
  }
}
