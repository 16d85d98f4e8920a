package dev.quern.planner.rel;

import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;

/**
 * Where generated code meets a {@link RowOperator}: it can call no static method of an interface.
 */
public final class OperatorRows {
  private OperatorRows() {}

  /**
   * Called by generated code.
   *
   * @param bare whether rows come as the value of their only column instead of as arrays
   */
  public static Enumerable<?> of(
      DataContext context, RowOperator node, Enumerable<?> input, boolean bare) {
    Enumerable<Object[]> rows = input.select(row -> bare ? new Object[] {row} : (Object[]) row);
    return RowFormats.fromArrays(node.run(context, rows), node.getRowType().getFieldCount());
  }
}
