package dev.quern.sql;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import org.apache.calcite.sql.SqlNode;

/** Statements that write: COPY, CREATE TABLE AS, INSERT. */
final class Writes {
  private Writes() {}

  static QueryException notBuilt(SqlNode statement) {
    return QueryException.at(statement, State.NOT_BUILT, "writing statements are not built yet");
  }
}
