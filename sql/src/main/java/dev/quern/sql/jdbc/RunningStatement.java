package dev.quern.sql.jdbc;

import dev.quern.planner.QueryException.State;
import dev.quern.sql.Session;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.QueryControl;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.List;

/** The run of a statement under way, if any: what cancel, time-out and warnings act on. */
final class RunningStatement {
  private volatile QueryControl control;
  private volatile QueryContext context;

  /** Starts a run. A run before it has ended: JDBC closes its result set first. */
  synchronized QueryContext start(Session session, List<Object> parameters, int timeoutSeconds) {
    var started = new QueryControl();
    control = started;
    if (timeoutSeconds > 0) {
      started.stopAfter(
          Duration.ofSeconds(timeoutSeconds),
          State.TIMED_OUT,
          "the query ran longer than its time-out of " + timeoutSeconds + " s");
    }
    context = session.start(parameters, started);
    return context;
  }

  void cancel() {
    QueryControl running = control;
    if (running != null) {
      running.cancel();
    }
  }

  /** Ends the clock and the time-out; counts and warnings stay readable. */
  void end() {
    if (context != null) {
      context.counters().end();
      control.close();
    }
  }

  /** The warnings so far as JDBC chains them; null for none. */
  SQLWarning warnings() {
    QueryContext running = context;
    SQLWarning first = null;
    if (running != null) {
      for (String message : running.warnings().list()) {
        var warning = new SQLWarning(message, "01000");
        if (first == null) {
          first = warning;
        } else {
          first.setNextWarning(warning);
        }
      }
    }
    return first;
  }

  /** Forgets the warnings of the run. */
  void clearWarnings() {
    QueryContext running = context;
    if (running != null) {
      running.warnings().clear();
    }
  }
}
