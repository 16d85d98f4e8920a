package dev.quern.server;

import dev.quern.server.prompt.HistoryFile;
import dev.quern.server.prompt.SqlPrompt;
import dev.quern.server.query.Connections;
import dev.quern.server.query.Failures;
import dev.quern.server.query.Interruption;
import dev.quern.server.query.OutputFile;
import dev.quern.server.query.ProgressLine;
import dev.quern.server.query.QueryRunner;
import dev.quern.server.rows.RowFormat;
import dev.quern.server.rows.RowWriter;
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
  private final Interruption interruption;
  private final EngineFlags flags;
  private final RowFormat format;
  private final ProgressLine line;

  SqlJob(
      Console console,
      Connections connections,
      Interruption interruption,
      EngineFlags flags,
      RowFormat format) {
    this.console = console;
    this.connections = connections;
    this.interruption = interruption;
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
    try (Connection connection = open()) {
      if (output.isPresent()) {
        runInto(output.get(), connection, statements);
      } else {
        run(connection, statements, writer(console.data()));
      }
      return ExitCode.DONE;
    } catch (SQLException e) {
      throw Failures.of(e, interruption.requested());
    }
  }

  /**
   * Runs statements for a person to watch: each is shown before its rows.
   *
   * @param setUp statements that run first, unseen
   */
  ExitCode demonstrate(List<String> setUp, List<String> statements) {
    try (Connection connection = open();
        var statement = connection.createStatement()) {
      for (String sql : setUp) {
        statement.execute(sql);
      }
      for (String sql : statements) {
        console.out().println();
        console.out().println(sql + ";");
        console.out().println();
        run(connection, List.of(sql), writer(console.data()));
      }
      return ExitCode.DONE;
    } catch (SQLException e) {
      throw Failures.of(e, interruption.requested());
    }
  }

  /** Asks a person for statements until the person leaves. */
  ExitCode prompt() {
    try (Connection connection = open();
        Terminal terminal = TerminalBuilder.builder().name("quern").build()) {
      new SqlPrompt(terminal, connection, format, line, Optional::empty)
          .run(HistoryFile.of(System.getenv()));
      return ExitCode.DONE;
    } catch (SQLException e) {
      throw Failures.of(e, interruption.requested());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, "the terminal cannot be used: " + e.getMessage(), e);
    }
  }

  private void runInto(Path file, Connection connection, List<String> statements) {
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

  private void run(Connection connection, List<String> statements, RowWriter writer) {
    var runner = new QueryRunner(connection, console.err(), line, Optional::empty, interruption);
    statements.forEach(statement -> runner.run(statement, writer));
  }

  private Connection open() throws SQLException {
    return connections.open(flags.toProperties());
  }

  private RowWriter writer(OutputStream out) {
    try {
      return format.writer(line.above(out), console.columns());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.QUERY_FAILED, "the result cannot be written: " + OutputFile.reason(e), e);
    }
  }
}
