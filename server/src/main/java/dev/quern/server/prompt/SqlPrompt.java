package dev.quern.server.prompt;

import dev.quern.server.CommandException;
import dev.quern.server.Console;
import dev.quern.server.query.Progress;
import dev.quern.server.query.ProgressLine;
import dev.quern.server.query.QueryRunner;
import dev.quern.server.query.StatementSplitter;
import dev.quern.server.rows.RowFormat;
import dev.quern.server.rows.RowWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/** Reads statements from a person, runs them, and reads on until the person leaves. */
public final class SqlPrompt {
  private final Terminal terminal;
  private final Connection connection;
  private final PrintStream out;
  private final RowWriter writer;
  private final QueryRunner runner;
  private final PromptCancellation cancellation = new PromptCancellation();

  /**
   * @param terminal where the person sits; stays the caller's, like the connection
   */
  public SqlPrompt(
      Terminal terminal,
      Connection connection,
      RowFormat format,
      ProgressLine line,
      Progress progress)
      throws IOException {
    this.terminal = terminal;
    this.connection = connection;
    out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
    int columns = terminal.getSize().getColumns();
    int width = columns > 0 ? columns : Console.DEFAULT_COLUMNS;
    writer = format.writer(line.above(out), width);
    runner = new QueryRunner(connection, out, line, progress, cancellation);
  }

  /**
   * @param history file that keeps what was typed; empty keeps nothing
   */
  public void run(Optional<Path> history) {
    terminal.handle(Terminal.Signal.INT, _ -> cancellation.request());
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("quern")
            .parser(new StatementParser())
            .completer(new SqlCompleter(connection))
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "    -> ");
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    LineReader reader = builder.build();
    out.println("quern: SQL ends with ; and .help shows more, \\q leaves");
    boolean more = true;
    while (more) {
      try {
        more = handle(reader.readLine("quern> "));
      } catch (UserInterruptException e) {
        // What was being typed is dropped.
        out.println();
      } catch (EndOfFileException e) {
        more = false;
      }
    }
  }

  /** False when the person leaves. */
  private boolean handle(String text) {
    if (!PromptCommand.isCommand(text)) {
      StatementSplitter.split(text).all().forEach(this::run);
      return true;
    }
    switch (PromptCommand.parse(text)) {
      case PromptCommand.Quit _ -> {
        return false;
      }
      case PromptCommand.Help _ -> PromptCommand.HELP.forEach(out::println);
      case PromptCommand.Describe(var table) -> describe(table);
      case PromptCommand.Unknown(var name) ->
          out.println("quern: there is no command " + name + "; .help lists them");
    }
    return true;
  }

  private void run(String statement) {
    cancellation.reset();
    try {
      runner.run(statement, writer);
    } catch (CommandException e) {
      out.println("quern: " + e.getMessage());
    }
  }

  private void describe(Optional<String> table) {
    try {
      if (table.isPresent()) {
        columns(table.get());
      } else {
        tables();
      }
    } catch (SQLException e) {
      out.println("quern: " + e.getMessage());
    }
  }

  private void tables() throws SQLException {
    try (ResultSet rows = connection.getMetaData().getTables(null, null, "%", null)) {
      while (rows.next()) {
        out.println(rows.getString("TABLE_NAME") + "  " + rows.getString("TABLE_TYPE"));
      }
    }
  }

  /** Asks for no row: the way that works for files too. */
  private void columns(String table) throws SQLException {
    String quoted = '"' + table.replace("\"", "\"\"") + '"';
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + quoted + " LIMIT 0")) {
      var metaData = rows.getMetaData();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        out.println(metaData.getColumnLabel(i) + "  " + metaData.getColumnTypeName(i));
      }
    }
  }
}
