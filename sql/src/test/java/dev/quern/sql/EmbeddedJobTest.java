package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import dev.quern.sql.run.QueryStatistics;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a job behind a long instruction computes on the embedded model. */
final class EmbeddedJobTest {
  private static final Path MODEL = Path.of("../executor/embedded-model");
  private static final int ROWS = 200;

  /** About what a chat template puts around a prompt, in tokens. */
  private static final int TEMPLATE = 40;

  private static final String INSTRUCTION =
      IntStream.range(0, 21)
          .mapToObj(i -> "Rule " + i + ": look at what the customer asks, and answer that.")
          .collect(Collectors.joining(" "));

  @Test
  void theInstructionIsComputedOnce() throws SQLException {
    String rows =
        IntStream.range(0, ROWS)
            .mapToObj(i -> "(" + i + ", '" + tail(i) + "')")
            .collect(Collectors.joining(", "));
    try (Connection connection =
            new QuernDriver()
                .connect("jdbc:quern:kv-cache-tokens=20000;model=" + MODEL, new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE VIEW t AS SELECT * FROM (VALUES " + rows + ") AS v(id, body)");
      long instruction = count(statement, "SELECT TOKEN_COUNT('" + INSTRUCTION + "')");
      assertTrue(instruction >= 300, instruction + " tokens");
      long tails = count(statement, "SELECT SUM(TOKEN_COUNT(body)) FROM t");
      assertEquals(
          ROWS,
          count(
              statement,
              "SELECT COUNT(g) FROM (SELECT GENERATE('"
                  + INSTRUCTION
                  + " ' || body, max_tokens => 1) AS g FROM t)"));
      QueryStatistics s = connection.unwrap(QuernConnection.class).statistics();
      assertEquals(ROWS, s.engineCalls());
      // Behind a row's text the template says whose turn it is: part of every tail.
      long perRow = 8L * ROWS;
      assertTrue(
          s.computedPromptTokens() <= TEMPLATE + instruction + tails + perRow,
          s.computedPromptTokens() + " of " + s.promptTokens() + " computed");
      assertTrue(s.promptTokens() > ROWS * instruction);
    }
  }

  private static String tail(int row) {
    return "Ticket "
        + row
        + ". The lamp came with a broken foot, and the shop in street "
        + row * 7
        + " told me to write to you about it.";
  }

  private static long count(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      assertTrue(result.next());
      return result.getLong(1);
    }
  }
}
