package dev.quern.sql.jdbc;

import dev.quern.sql.run.QueryContext;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Rows of a running query as JDBC takes them: ROW values become Structs. */
final class QuernRows implements Iterator<Object>, AutoCloseable {
  private final QueryContext context;
  private final RunningStatement running;
  private final List<RelDataType> types;
  private final boolean nested;
  private final long most;
  private final Supplier<Enumerator<Object[]>> start;
  private Enumerator<Object[]> rows;
  private long given;
  private Object[] next;

  /**
   * @param start begins the run, at the first row
   * @param most most rows wanted; 0 for all
   */
  QuernRows(
      QueryContext context,
      RunningStatement running,
      RelDataType columns,
      Supplier<Enumerator<Object[]>> start,
      long most) {
    this.context = context;
    this.running = running;
    this.types = columns.getFieldList().stream().map(RelDataTypeField::getType).toList();
    this.nested = types.stream().anyMatch(JdbcValues::isNested);
    this.start = start;
    this.most = most;
  }

  @Override
  public boolean hasNext() {
    if (next != null) {
      return true;
    }
    if (most > 0 && given >= most) {
      return false;
    }
    if (rows == null) {
      rows = start.get();
    }
    // Sorts and joins give many rows that were made before: a cancelled query gives none of them.
    context.control().checkCancelled();
    if (!rows.moveNext()) {
      running.end();
      return false;
    }
    Object[] row = rows.current();
    next = nested ? JdbcValues.row(types, row) : row;
    given++;
    context.counters().returnedRow();
    return true;
  }

  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Object[] row = next;
    next = null;
    return row;
  }

  @Override
  public void close() {
    if (rows != null) {
      rows.close();
      rows = null;
    }
    running.end();
  }
}
