package dev.quern.planner.rel;

import dev.quern.executor.table.ColumnFilter;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.schema.Table;

/** A table that reads only the columns and, where it can, the row groups that a query needs. */
public interface ScanTable extends Table {
  /** Number of rows where it is known without a scan. */
  OptionalLong rowCount();

  /**
   * @param columns indexes of the columns wanted, in the order wanted; may be empty
   * @param filters conditions that rows must all meet; rows that do not may come too
   * @return rows as arrays of the columns wanted, in Calcite's internal representation
   */
  Enumerable<Object[]> scan(DataContext context, int[] columns, List<ColumnFilter> filters);
}
