package dev.quern.planner.order;

import java.util.Arrays;
import java.util.Comparator;

/**
 * One order of fields for all rows, by what a field is worth on average (GGR's fallback in MLSys
 * 2025): mean length squared times the rows that share a value. Rows are sorted by it.
 */
final class StatisticsOrder {
  private StatisticsOrder() {}

  static FieldOrder of(FieldTable table) {
    int n = table.rows();
    Integer[] fields = new Integer[table.fields()];
    Arrays.setAll(fields, f -> f);
    double[] worth = new double[fields.length];
    for (int f = 0; f < worth.length; f++) {
      double total = 0;
      for (int code : table.codes(f)) {
        total += table.cost(f, code);
      }
      worth[f] = total * total / n / n * ((double) n / table.distinct(f) - 1);
    }
    Arrays.sort(fields, Comparator.comparingDouble(f -> -worth[f]));
    int[] order = Arrays.stream(fields).mapToInt(f -> f).toArray();
    int[][] orders = new int[n][];
    Arrays.fill(orders, order);
    Integer[] rows = new Integer[n];
    Arrays.setAll(rows, r -> r);
    Arrays.sort(rows, (a, b) -> compare(table, order, a, b));
    return new FieldOrder(Arrays.stream(rows).mapToInt(r -> r).toArray(), orders);
  }

  private static int compare(FieldTable table, int[] order, int a, int b) {
    for (int field : order) {
      int[] codes = table.codes(field);
      if (codes[a] != codes[b]) {
        return Integer.compare(codes[a], codes[b]);
      }
    }
    return 0;
  }
}
