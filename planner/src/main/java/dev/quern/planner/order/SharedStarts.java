package dev.quern.planner.order;

import java.util.Arrays;

/**
 * What prompts share under an order of their fields, in characters, exactly: prompts are sorted as
 * lists of fields, and each is compared with the one before it.
 *
 * @param order the rows sorted, so that equal starts stand together down to the character
 * @param characters that prompts share at their heads with an earlier one, braces left out
 */
record SharedStarts(FieldOrder order, long characters) {

  static SharedStarts of(FieldTable table, FieldOrder order) {
    return of(table, order, new KnownHeads());
  }

  /** As {@link #of(FieldTable, FieldOrder)}, where heads of earlier prompts can be shared too. */
  static SharedStarts of(FieldTable table, FieldOrder order, KnownHeads known) {
    int[] rows = order.rows();
    int[][] fields = order.fields();
    Integer[] places = new Integer[rows.length];
    Arrays.setAll(places, i -> i);
    Arrays.sort(places, (a, b) -> compare(table, rows[a], fields[a], rows[b], fields[b]));
    int[] sortedRows = new int[rows.length];
    int[][] sortedFields = new int[rows.length][];
    long shared = 0;
    for (int i = 0; i < rows.length; i++) {
      sortedRows[i] = rows[places[i]];
      sortedFields[i] = fields[places[i]];
      long before =
          i == 0
              ? 0
              : common(
                  table, sortedRows[i - 1], sortedFields[i - 1], sortedRows[i], sortedFields[i]);
      shared += Math.max(before, known.characters(table, sortedRows[i], sortedFields[i]));
    }
    return new SharedStarts(new FieldOrder(sortedRows, sortedFields), shared);
  }

  private static int compare(FieldTable table, int a, int[] fieldsA, int b, int[] fieldsB) {
    for (int i = 0; i < fieldsA.length; i++) {
      int f = fieldsA[i];
      if (f != fieldsB[i]) {
        return Integer.compare(table.nameRank(f), table.nameRank(fieldsB[i]));
      }
      int[] codes = table.codes(f);
      if (codes[a] != codes[b]) {
        return Integer.compare(table.rank(f, codes[a]), table.rank(f, codes[b]));
      }
    }
    return 0;
  }

  private static long common(FieldTable table, int a, int[] fieldsA, int b, int[] fieldsB) {
    long shared = 0;
    for (int i = 0; i < fieldsA.length; i++) {
      int f = fieldsA[i];
      if (f != fieldsB[i]) {
        // The quote in front of the names is shared.
        return shared + 1 + Prefixes.common(table.name(f), table.name(fieldsB[i]));
      }
      int[] codes = table.codes(f);
      if (codes[a] != codes[b]) {
        // The comma and the blank behind the value are not shared.
        int name = table.nameCost(f) - 2;
        return shared + name + Prefixes.common(table.value(f, a), table.value(f, b));
      }
      shared += table.cost(f, codes[a]);
    }
    return shared;
  }
}
