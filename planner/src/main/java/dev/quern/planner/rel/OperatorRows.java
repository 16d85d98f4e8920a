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
  public static Enumerable<Object[]> of(
      DataContext context, RowOperator node, Enumerable<?> input, boolean bare) {
    Enumerable<Object[]> rows = input.select(row -> bare ? new Object[] {row} : (Object[]) row);
    return node.run(context, rows);
  }

  /** Called by generated code: the values of the only column of {@link #of}. */
  public static Enumerable<Object> values(
      DataContext context, RowOperator node, Enumerable<?> input, boolean bare) {
    return of(context, node, input, bare).select(row -> row[0]);
  }
}
