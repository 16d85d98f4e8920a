package dev.quern.server.query;

import dev.quern.server.CommandException;
import dev.quern.server.Console;
import dev.quern.server.EngineFlags;
import dev.quern.server.ExitCode;
import dev.quern.server.rows.RowFormat;
import dev.quern.server.rows.RowWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** One run of {@code quern sql} over a connection of its own. */
public final class SqlJob {
  private final Console console;
  private final Connections connections;
  private final Interruption interruption;
  private final EngineFlags flags;
  private final RowFormat format;
  private final ProgressLine line;

  public SqlJob(
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
  public ExitCode run(List<String> statements, Optional<Path> output, Optional<Path> stats) {
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
