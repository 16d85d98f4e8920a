package dev.quern.server;

import dev.quern.server.query.Connections;
import dev.quern.server.rows.RowFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The training run for the JDK's AOT cache: walks the paths of a first query, so that their classes
 * are loaded and linked. The launcher calls it after a build.
 */
record WarmUpCommand(Connections connections) implements Command {
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT id, UPPER(customer) AS customer FROM tickets WHERE id > 3 ORDER BY id LIMIT 5",
          "SELECT product, COUNT(*) AS n, MAX(id) FROM tickets GROUP BY product",
          "EXPLAIN PLAN FOR SELECT GENERATE('Sum up: ' || body) FROM tickets",
          "SELECT GENERATE('Sum up: ' || body, max_tokens => 2) FROM tickets LIMIT 2");

  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("warm-up");
    spec.usageMessage().hidden(true).description("Training run for the start-up cache");
    spec.addPositional(PositionalParamSpec.builder().type(Path.class).arity("1").build());
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    Path table = parsed.matchedPositionalValue(0, Path.of("")).resolve("tickets.parquet");
    try (Connection connection = connections.open(new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute(DemoCommand.setUp(table));
      for (String sql : STATEMENTS) {
        for (RowFormat format : RowFormat.values()) {
          write(statement, sql, format);
        }
      }
      return ExitCode.DONE;
    } catch (SQLException | IOException e) {
      throw new CommandException(ExitCode.QUERY_FAILED, "warm-up: " + e.getMessage(), e);
    }
  }

  private static void write(Statement statement, String sql, RowFormat format)
      throws SQLException, IOException {
    var writer = format.writer(OutputStream.nullOutputStream(), Console.DEFAULT_COLUMNS);
    try (ResultSet rows = statement.executeQuery(sql)) {
      writer.begin(rows.getMetaData());
      while (rows.next()) {
        List<Object> values = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getObject(i));
        }
        writer.row(values);
      }
      writer.end();
    }
  }
}
