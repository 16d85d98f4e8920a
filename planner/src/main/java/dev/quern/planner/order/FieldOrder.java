package dev.quern.planner.order;

/**
 * In which order rows run and in which order each one's fields stand in its prompt. Rows may differ
 * in the order of their fields.
 *
 * @param rows row numbers in order of execution
 * @param fields for each element of {@code rows} its field numbers, first in the prompt first;
 *     arrays are shared between rows
 */
public record FieldOrder(int[] rows, int[][] fields) {
  public FieldOrder {
    if (rows.length != fields.length) {
      throw new IllegalArgumentException(
          rows.length + " rows but " + fields.length + " field orders");
    }
  }
}
