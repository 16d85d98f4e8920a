package dev.quern.planner.rel;

import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.runtime.FlatLists;

/**
 * Rows as Calcite's operators expect them of an input that gives arrays: they take the format that
 * {@link org.apache.calcite.adapter.enumerable.JavaRowFormat#optimize} chooses for granted.
 */
final class RowFormats {
  private RowFormats() {}

  /**
   * @return the arrays, or bare values for one column, or empty lists for none
   */
  static Enumerable<?> fromArrays(Enumerable<Object[]> rows, int columns) {
    return switch (columns) {
      case 0 -> rows.select(row -> FlatLists.of());
      case 1 -> rows.select(row -> row[0]);
      default -> rows;
    };
  }
}
