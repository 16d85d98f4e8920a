package dev.quern.sql;

import dev.quern.sql.run.QueryContext;
import org.apache.calcite.linq4j.Enumerator;

/**
 * The rows of a running query, which takes the query's temporary files with it when it is closed.
 */
record ClosingRows(Enumerator<Object[]> rows, QueryContext context)
    implements Enumerator<Object[]> {
  @Override
  public boolean moveNext() {
    return rows.moveNext();
  }

  @Override
  public Object[] current() {
    return rows.current();
  }

  @Override
  public void reset() {
    rows.reset();
  }

  @Override
  public void close() {
    try (context) {
      rows.close();
    }
  }
}
