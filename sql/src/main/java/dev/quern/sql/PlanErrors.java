package dev.quern.sql;

import dev.quern.executor.table.TableException;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.catalog.StatementTables;
import dev.quern.sql.catalog.StatementTables.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.CalciteContextException;

/** Turns what validator and planner throw into one clear sentence with a state. */
final class PlanErrors {
  private static final Pattern NO_OBJECT = Pattern.compile("Object '(.*?)' not found.*");
  private static final Pattern NO_COLUMN =
      Pattern.compile(
          "(Column '.*?' not found in any table|Column '.*?' not found in table '.*?').*");

  private static final Pattern NO_FUNCTION =
      Pattern.compile("No match found for function signature (.*)");

  private PlanErrors() {}

  static RuntimeException translate(RuntimeException e, StatementTables tables) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof QueryException query) {
        return query;
      }
      if (cause instanceof TableException table) {
        return new QueryException(State.FILE, table.getMessage(), e);
      }
      if (cause instanceof CalciteContextException context) {
        return validation(context, tables);
      }
    }
    return e;
  }

  private static QueryException validation(CalciteContextException e, StatementTables tables) {
    String place =
        e.getPosLine() < 1 ? "" : "line " + e.getPosLine() + ", column " + e.getPosColumn() + ": ";
    String message = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    Matcher object = NO_OBJECT.matcher(message);
    if (object.matches()) {
      String name = object.group(1);
      Failure why =
          tables
              .failure(name)
              .orElse(
                  new Failure(
                      State.NO_TABLE,
                      "there is no table '" + name + "'; a file's name stands in quotes"));
      return new QueryException(why.state(), place + why.message(), e);
    }
    if (NO_COLUMN.matcher(message).matches()) {
      return new QueryException(State.NO_COLUMN, place + message, e);
    }
    Matcher function = NO_FUNCTION.matcher(message);
    if (function.matches()) {
      return new QueryException(
          State.NO_FUNCTION, place + "there is no function " + function.group(1), e);
    }
    return new QueryException(State.SYNTAX, place + message, e);
  }
}
