package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.query.Ticker;
import dev.quern.server.rows.TextRows;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.run.QueryStatistics;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;

/** Runs one statement and tells what comes of it. */
final class StatementRun {
  private static final int WARNINGS = 20;
  private static final long PULSE_MILLIS = 100;

  private final QuernConnection connection;
  private final RunningSql running;
  private final SqlEvents events;
  private final ConsoleLimits limits;
  private final QueryStatistics before;
  private QueryStatistics told = QueryStatistics.NONE;

  StatementRun(
      QuernConnection connection, RunningSql running, SqlEvents events, ConsoleLimits limits) {
    this.connection = connection;
    this.running = running;
    this.events = events;
    this.limits = limits;
    this.before = connection.statistics();
  }

  void run(String sql) throws SQLException, IOException, InterruptedException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout((int) Math.min(Integer.MAX_VALUE, limits.seconds()));
      running.begin(statement);
      try (var _ = new Ticker("quern-console", PULSE_MILLIS, this::beat)) {
        execute(statement, sql);
      } finally {
        running.end();
        events.flush();
        warn(statement.getWarnings());
      }
    }
  }

  private void execute(Statement statement, String sql)
      throws SQLException, IOException, InterruptedException {
    boolean isResult = statement.execute(sql);
    while (true) {
      // Asked for while the statement was planned, when there was nothing to cancel yet.
      running.repeatCancel();
      if (isResult) {
        try (ResultSet rows = statement.getResultSet()) {
          rows(rows);
        }
      } else {
        long count = statement.getLargeUpdateCount();
        if (count < 0) {
          return;
        }
        events.send(SqlEvents.event("count").put("rows", count));
      }
      isResult = statement.getMoreResults();
    }
  }

  private void rows(ResultSet rows) throws SQLException, IOException, InterruptedException {
    TextRows texts = TextRows.of(rows.getMetaData());
    ObjectNode head = SqlEvents.event("columns");
    ArrayNode columns = head.putArray("columns");
    texts
        .heads()
        .forEach(c ->
            columns
                .addObject()
                .put("name", c.name())
                .put("type", c.type())
                .put("number", c.number()));
    events.send(head);
    long count = 0;
    long characters = 0;
    // At the limit nothing more is pulled: one row more could cost a window of answers.
    while (count < limits.rows() && characters < limits.characters()) {
      if (!rows.next()) {
        return;
      }
      List<String> row = texts.row(rows);
      count++;
      characters += row.stream().mapToLong(cell -> cell == null ? 0 : cell.length()).sum();
      events.row(row);
    }
    events.send(
        SqlEvents.event("cut")
            .put("rows", count)
            .put(
                "message",
                "the query was ended at "
                    + count
                    + (count < limits.rows()
                        ? " rows, " + limits.characters() + " characters of text"
                        : " rows")
                    + ", the most that the console shows; COPY (..) TO 'file' keeps all"));
  }

  /** Also keeps rows going out while the next one is waited for. */
  private void beat() throws IOException, InterruptedException {
    running.repeatCancel();
    events.flush();
    QueryStatistics now = connection.statistics();
    // Until the statement starts, these are the figures of the one before it.
    if (!now.equals(before) && now.engineCalls() > 0 && !now.equals(told)) {
      told = now;
      events.send(Counts.put(SqlEvents.event("progress"), now));
    }
  }

  private void warn(SQLWarning first) throws IOException, InterruptedException {
    int count = 0;
    for (SQLWarning w = first; w != null; w = w.getNextWarning()) {
      if (count++ < WARNINGS) {
        events.send(SqlEvents.event("warning").put("message", w.getMessage()));
      }
    }
    if (count > WARNINGS) {
      String more = count - WARNINGS + " more warnings";
      events.send(SqlEvents.event("warning").put("message", more));
    }
  }
}
