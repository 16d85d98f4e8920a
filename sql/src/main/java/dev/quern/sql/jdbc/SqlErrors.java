package dev.quern.sql.jdbc;

import dev.quern.connectors.FileAccess;
import dev.quern.connectors.FileRefusedException;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.table.TableException;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;

/**
 * Gives every error a clear message and a SQLSTATE.
 *
 * @param files of the session; they say which parts of paths the client is not shown
 */
record SqlErrors(FileAccess files) {
  /** The same failure as a client should see it; the original is its cause. */
  SQLException translate(Throwable failure) {
    if (failure instanceof SQLException e && e.getCause() == null) {
      return withState(e);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      SQLException known = known(cause, failure);
      if (known != null) {
        return known;
      }
    }
    return unexpected(failure);
  }

  /** Failures of generated code and of Calcite: the innermost message says most. */
  private SQLException unexpected(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? root.toString() : root.getMessage();
    return switch (root) {
      case NumberFormatException e ->
          error("a value cannot be read as a number: " + message, "22018", failure);
      case IllegalArgumentException e -> error(message, State.DATA.code(), failure);
      case IndexOutOfBoundsException e -> error(message, State.DATA.code(), failure);
      default -> error(message, State.GENERAL.code(), failure);
    };
  }

  /** Failures whose message says all; null for others. */
  private SQLException known(Throwable cause, Throwable failure) {
    return switch (cause) {
      case QueryException e when e.state() == State.TIMED_OUT ->
          new SQLTimeoutException(e.getMessage(), e.state().code(), failure);
      // Refusals name a path as the client wrote it.
      case QueryException e when e.state() == State.NOT_ALLOWED ->
          new SQLException(e.getMessage(), e.state().code(), failure);
      case FileRefusedException e ->
          new SQLException(e.getMessage(), State.NOT_ALLOWED.code(), failure);
      case QueryException e -> error(e.getMessage(), e.state().code(), failure);
      case EngineException e -> error(e.getMessage(), State.MODEL.code(), failure);
      case TableException e -> error(e.getMessage(), State.FILE.code(), failure);
      case ArithmeticException e when "/ by zero".equals(e.getMessage()) ->
          error("division by zero", "22012", failure);
      case ArithmeticException e -> error(e.getMessage(), State.OUT_OF_RANGE.code(), failure);
      default -> null;
    };
  }

  private SQLException error(String message, String state, Throwable cause) {
    return new SQLException(message == null ? null : files.shown(message), state, cause);
  }

  private static SQLException withState(SQLException e) {
    return e.getSQLState() == null || e.getSQLState().equals("00000")
        ? new SQLException(e.getMessage(), State.GENERAL.code(), e)
        : e;
  }
}
