package dev.quern.server;

import dev.quern.server.prompt.HistoryFile;
import dev.quern.server.prompt.SqlPrompt;
import dev.quern.server.query.Cancellation;
import dev.quern.server.query.Connections;
import dev.quern.server.query.Failures;
import dev.quern.server.query.JobProgress;
import dev.quern.server.query.JobStatistics;
import dev.quern.server.query.OutputFile;
import dev.quern.server.query.ProgressLine;
import dev.quern.server.query.QueryRunner;
import dev.quern.server.query.StatsFile;
import dev.quern.server.rows.RowFormat;
import dev.quern.server.rows.RowWriter;
import dev.quern.sql.jdbc.QuernConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** One run of {@code quern sql} over a connection of its own. */
final class SqlJob {
  private final Console console;
  private final Connections connections;
  private final Cancellation cancellation;
  private final EngineFlags flags;
  private final RowFormat format;
  private final ProgressLine line;
  private final JobStatistics statistics = new JobStatistics();

  SqlJob(
      Console console,
      Connections connections,
      Cancellation cancellation,
      EngineFlags flags,
      RowFormat format) {
    this.console = console;
    this.connections = connections;
    this.cancellation = cancellation;
    this.flags = flags;
    this.format = format;
    this.line = new ProgressLine(console.err(), console.errTerminal(), console.columns());
  }

  /**
   * Runs statements one after another; the first that fails ends the job.
   *
   * @param output where rows go instead of standard output
   * @param stats where the job's cost goes, however it ends
   */
  ExitCode run(List<String> statements, Optional<Path> output, Optional<Path> stats) {
    try (QuernConnection connection = open()) {
      if (output.isPresent()) {
        runInto(output.get(), connection, statements);
      } else {
        run(connection, statements, writer(console.data()));
      }
      return ExitCode.DONE;
    } catch (SQLException e) {
      throw Failures.of(e, cancellation.requested());
    } finally {
      stats.ifPresent(this::writeStatistics);
    }
  }

  /**
   * Runs statements for a person to watch: each is shown before its rows.
   *
   * @param setUp statements that run first, unseen
   */
  ExitCode demonstrate(List<String> setUp, List<String> statements) {
    try (QuernConnection connection = open();
        var statement = connection.createStatement()) {
      for (String sql : setUp) {
        statement.execute(sql);
      }
      for (String sql : statements) {
        console.out().println("\n" + sql + ";\n");
        run(connection, List.of(sql), writer(console.data()));
      }
      return ExitCode.DONE;
    } catch (SQLException e) {
      throw Failures.of(e, cancellation.requested());
    }
  }

  /** Asks a person for statements until the person leaves. */
  ExitCode prompt() {
    try (QuernConnection connection = open();
        Terminal terminal = TerminalBuilder.builder().name("quern").build()) {
      var progress = new JobProgress(connection::statistics);
      new SqlPrompt(terminal, connection, format, line, progress)
          .run(HistoryFile.of(System.getenv()));
      return ExitCode.DONE;
    } catch (SQLException e) {
      throw Failures.of(e, cancellation.requested());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, "the terminal cannot be used: " + e.getMessage(), e);
    }
  }

  private void runInto(Path file, QuernConnection connection, List<String> statements) {
    try (var output = OutputFile.create(file)) {
      try {
        run(connection, statements, writer(output.stream()));
      } catch (CommandException e) {
        if (e.exitCode() == ExitCode.BUDGET_REACHED) {
          // What a budget paid for is kept.
          output.commit();
        }
        throw e;
      }
      output.commit();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.QUERY_FAILED,
          "--output " + file + " cannot be written: " + OutputFile.reason(e),
          e);
    }
  }

  private void run(QuernConnection connection, List<String> statements, RowWriter writer) {
    var runner =
        new QueryRunner(
            connection, console.err(), line, new JobProgress(connection::statistics), cancellation);
    for (String statement : statements) {
      try {
        runner.run(statement, writer);
      } finally {
        statistics.add(connection.statistics());
      }
    }
  }

  private QuernConnection open() throws SQLException {
    Connection connection = connections.open(flags.toProperties());
    return connection.unwrap(QuernConnection.class);
  }

  private RowWriter writer(OutputStream out) {
    try {
      return format.writer(line.above(out), console.columns());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.QUERY_FAILED, "the result cannot be written: " + OutputFile.reason(e), e);
    }
  }

  private void writeStatistics(Path file) {
    try {
      StatsFile.write(file, statistics.total());
    } catch (IOException e) {
      // The rows are out and right: a lost file of figures must not change how the job ended.
      console.notice("--stats " + file + " cannot be written: " + OutputFile.reason(e));
    } catch (CommandException e) {
      console.notice(e.getMessage());
    }
  }
}
