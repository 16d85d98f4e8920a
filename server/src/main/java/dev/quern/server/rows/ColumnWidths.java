package dev.quern.server.rows;

import java.util.Arrays;

/** Shares the width of a line out among columns. */
final class ColumnWidths {
  /** Cells between two columns: a blank, a bar, a blank. */
  static final int SEPARATOR = 3;

  private static final int LEAST = 8;

  private ColumnWidths() {}

  /**
   * Narrow columns get what they want; the others share the rest evenly.
   *
   * @param wanted cells that the widest value of each column takes
   * @param line cells of a line, separators included
   */
  static int[] share(int[] wanted, int line) {
    int[] order = new int[wanted.length];
    Integer[] byWidth = new Integer[wanted.length];
    Arrays.setAll(byWidth, i -> i);
    Arrays.sort(byWidth, (a, b) -> Integer.compare(wanted[a], wanted[b]));
    int left = line - SEPARATOR * (wanted.length - 1) - 2;
    for (int k = 0; k < byWidth.length; k++) {
      int column = byWidth[k];
      int fair = Math.max(LEAST, left / (byWidth.length - k));
      order[column] = Math.max(1, Math.min(wanted[column], fair));
      left -= order[column];
    }
    return order;
  }
}
