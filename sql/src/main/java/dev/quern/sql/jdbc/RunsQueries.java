package dev.quern.sql.jdbc;

import dev.quern.sql.run.QueryContext;
import java.util.List;
import org.apache.calcite.avatica.remote.TypedValue;

/** What the plain and the prepared statement have in common. */
interface RunsQueries {
  /** The run under way, or the last one. */
  RunningStatement running();

  /** The statement planned last; null before the first. */
  QuernSignature planned();

  /** Values of the parameters. */
  List<TypedValue> values();

  /** Most rows that the client wants; 0 for all. */
  long mostRows();

  /** Starts a run with the statement's time-out. */
  QueryContext start(List<Object> parameters);
}
