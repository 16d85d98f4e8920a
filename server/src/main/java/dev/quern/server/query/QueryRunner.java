package dev.quern.server.query;

import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import dev.quern.server.rows.RowWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs statements one after another and hands their rows to a writer as they come. */
public final class QueryRunner {
  private static final long TICK_MILLIS = 1000;

  private final Connection connection;
  private final PrintStream messages;
  private final ProgressLine line;
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * @param messages where update counts and warnings go
   * @param progress what the line shows while a statement runs
   */
  public QueryRunner(
      Connection connection,
      PrintStream messages,
      ProgressLine line,
      Progress progress,
      Cancellation cancellation) {
    this.connection = connection;
    this.messages = messages;
    this.line = line;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Runs one statement.
   *
   * @throws CommandException when it fails, is interrupted or reaches a budget; rows that were
   *     complete are written
   */
  public void run(String sql, RowWriter writer) {
    try (Statement statement = connection.createStatement();
        var _ = cancellation.onRequest(() -> cancel(statement))) {
      run(statement, sql, writer);
    } catch (SQLException e) {
      throw Failures.of(e, cancellation.requested());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.QUERY_FAILED, "the result cannot be written: " + OutputFile.reason(e), e);
    }
    if (cancellation.requested()) {
      throw new CommandException(ExitCode.INTERRUPTED, "interrupted");
    }
  }

  private void run(Statement statement, String sql, RowWriter writer)
      throws SQLException, IOException {
    try (var _ = new Ticker("quern-progress", TICK_MILLIS, () -> tick(writer))) {
      execute(statement, sql, writer);
    } finally {
      line.erase();
      warn(statement.getWarnings());
    }
  }

  private void execute(Statement statement, String sql, RowWriter writer)
      throws SQLException, IOException {
    boolean isResult = statement.execute(sql);
    if (cancellation.requested()) {
      // Asked for while the statement was planned, when there was nothing to cancel yet.
      cancel(statement);
    }
    while (true) {
      if (isResult) {
        try (ResultSet rows = statement.getResultSet()) {
          write(rows, writer);
        }
      } else {
        long count = statement.getLargeUpdateCount();
        if (count < 0) {
          return;
        }
        line.erase();
        // Statements that define something count no rows.
        messages.println(count == 0 ? "done" : count + (count == 1 ? " row" : " rows"));
      }
      isResult = statement.getMoreResults();
    }
  }

  private static void write(ResultSet rows, RowWriter writer) throws SQLException, IOException {
    int columns = rows.getMetaData().getColumnCount();
    boolean begun = false;
    try {
      boolean more = rows.next();
      synchronized (writer) {
        writer.begin(rows.getMetaData());
        begun = true;
      }
      while (more) {
        List<Object> values = new ArrayList<>(columns);
        for (int i = 1; i <= columns; i++) {
          values.add(rows.getObject(i));
        }
        synchronized (writer) {
          writer.row(values);
        }
        more = rows.next();
      }
    } finally {
      // Rows that came before a failure are the user's: a budget keeps what is finished.
      if (begun) {
        synchronized (writer) {
          writer.end();
        }
      }
    }
  }

  private void tick(RowWriter writer) {
    synchronized (writer) {
      try {
        writer.flush();
      } catch (SQLException | IOException e) {
        // The next row meets the same failure, in the thread that reports it.
        return;
      }
    }
    progress.text().ifPresent(line::show);
  }

  private void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      messages.println("quern: the query cannot be cancelled: " + e.getMessage());
    }
  }

  private void warn(SQLWarning first) {
    int count = 0;
    for (SQLWarning w = first; w != null; w = w.getNextWarning()) {
      messages.println("quern: warning: " + w.getMessage());
      count++;
    }
    if (count > 1) {
      messages.println("quern: " + count + " warnings");
    }
  }
}
