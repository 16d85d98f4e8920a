package dev.quern.server.console;

import dev.quern.server.http.Caller;
import java.sql.SQLException;
import java.sql.Statement;

/** The statements of one request while they run, as cancel sees them. */
final class RunningSql {
  private final Caller caller;
  private Statement statement;
  private boolean cancelled;

  /**
   * @param caller who may cancel them
   */
  RunningSql(Caller caller) {
    this.caller = caller;
  }

  Caller caller() {
    return caller;
  }

  synchronized boolean cancelled() {
    return cancelled;
  }

  /** From now on this statement is the one to cancel. */
  synchronized void begin(Statement begun) {
    statement = begun;
  }

  synchronized void end() {
    statement = null;
  }

  synchronized void cancel() {
    cancelled = true;
    repeatCancel();
  }

  /** A statement that is still being planned takes no cancel: it is told again. */
  synchronized void repeatCancel() {
    if (cancelled && statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        // It has just ended.
        statement = null;
      }
    }
  }
}
