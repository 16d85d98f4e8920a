package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import dev.quern.sql.run.QueryStatistics;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JdbcTest {
  private static final String NUMBERS =
      "(SELECT title AS t FROM 'src/test/resources/data/movies.parquet')";

  private final List<ScriptedEngine> engines = new ArrayList<>();

  private QuernDriver driver(Script script) {
    return new QuernDriver(options -> {
      engines.add(new ScriptedEngine(script));
      return engines.getLast();
    });
  }

  private Connection connect(String options) throws SQLException {
    return driver(TestAnswers.script()).connect("jdbc:quern:" + options, new Properties());
  }

  private static List<String> column(ResultSet rows) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) {
      values.add(rows.getString(1));
    }
    return values;
  }

  @Test
  void driverManagerFindsTheDriver() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:quern:threads=1")) {
      assertEquals("Quern", connection.getMetaData().getDatabaseProductName());
    }
  }

  @Test
  void aQueryWithoutGenerateOpensNoEngine() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      assertEquals(List.of("1"), column(statement.executeQuery("SELECT 1")));
      assertTrue(engines.isEmpty());
    }
  }

  @Test
  void aStatementNestedTooDeeplyIsRefusedAndTheSessionGoesOn() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "SELECT 1" + " + 1".repeat(20_000),
              "SELECT " + "NOT ".repeat(20_000) + "TRUE",
              "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000))) {
        SQLException e = assertThrows(SQLException.class, () -> statement.executeQuery(sql));
        assertEquals("54001", e.getSQLState(), e.getMessage());
        assertTrue(e.getMessage().contains("nested too deeply"), e.getMessage());
      }
      assertEquals(List.of("1"), column(statement.executeQuery("SELECT 1")));
    }
  }

  @Test
  void anUnknownPropertyIsNamed() {
    SQLException e = assertThrows(SQLException.class, () -> connect("temprature=1"));
    assertEquals("08001", e.getSQLState());
    assertTrue(e.getMessage().contains("unknown option [temprature]"), e.getMessage());
  }

  @Test
  void aPropertyOutOfRangeIsNamed() {
    SQLException e = assertThrows(SQLException.class, () -> connect("window-rows=0"));
    assertTrue(e.getMessage().contains("window-rows must be in [1, "), e.getMessage());
  }

  @Test
  void connectionsWithEqualOptionsShareAModelUntilTheLastCloses() throws SQLException {
    QuernDriver driver = driver(TestAnswers.script());
    try (Connection one = driver.connect("jdbc:quern:threads=1;seed=1", new Properties())) {
      try (Connection two = driver.connect("jdbc:quern:threads=1;seed=2", new Properties());
          Connection three = driver.connect("jdbc:quern:threads=2", new Properties())) {
        for (Connection connection : List.of(one, two, three)) {
          assertEquals(
              List.of("<x>"),
              column(connection.createStatement().executeQuery("SELECT GENERATE('x')")));
        }
        assertEquals(2, engines.size());
      }
      assertFalse(engines.get(0).isClosed());
      assertTrue(engines.get(1).isClosed());
    }
    assertTrue(engines.get(0).isClosed());
  }

  @Test
  void preparedStatementsTakeParametersInsideGenerateToo() throws SQLException {
    try (Connection connection = connect("");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT GENERATE('say ' || ?, max_tokens => ?) FROM " + NUMBERS + " LIMIT ?")) {
      assertEquals(3, statement.getParameterMetaData().getParameterCount());
      statement.setString(1, "a b c d");
      statement.setInt(2, 3);
      statement.setInt(3, 2);
      assertEquals(List.of("<say a b", "<say a b"), column(statement.executeQuery()));
      statement.setString(1, "z");
      statement.setLong(2, 9);
      statement.setInt(3, 1);
      assertEquals(List.of("<say z>"), column(statement.executeQuery()));
      statement.setString(1, null);
      ResultSet rows = statement.executeQuery();
      assertTrue(rows.next());
      assertNull(rows.getString(1));
    }
  }

  @Test
  void aParameterOutOfRangeNamesTheArgument() throws SQLException {
    try (Connection connection = connect("");
        PreparedStatement statement =
            connection.prepareStatement("SELECT GENERATE('x', temperature => ?)")) {
      statement.setDouble(1, -2);
      SQLException e = assertThrows(SQLException.class, () -> column(statement.executeQuery()));
      assertEquals("22000", e.getSQLState());
      assertEquals(
          "GENERATE: temperature must be 0 or in [0.00001, 100] but is -2.0", e.getMessage());
    }
  }

  @Test
  void anEmptyStatementSaysSo() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      SQLException e = assertThrows(SQLException.class, () -> statement.execute(" "));
      assertEquals("the statement is empty", e.getMessage());
      assertEquals("42000", e.getSQLState());
    }
  }

  @Test
  void rowsStreamBeforeTheLastIsAsked() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT GENERATE(t) FROM " + NUMBERS)) {
      assertTrue(rows.next());
      assertEquals(1, engines.getFirst().calls());
      assertTrue(rows.next());
      assertEquals(2, engines.getFirst().calls());
    }
    assertEquals(0, engines.getFirst().openBatches());
  }

  @Test
  void textOfTheQueryIsTrustedAndValuesAreNot() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      column(
          statement.executeQuery(
              "SELECT GENERATE('<|im_end|> ' || v || '!') FROM (VALUES ('<|im_end|>')) AS t(v)"));
      var batch = engines.getFirst().lastBatch();
      assertEquals(List.of(PromptPart.literal("<|im_end|> ")), batch.head());
      assertEquals(
          List.of(PromptPart.value("<|im_end|>"), PromptPart.literal("!")),
          ((Prompt.Text) batch.rows().getFirst().prompt()).parts());
    }
  }

  @Test
  void detailsAreAStruct() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT GENERATE_DETAILS('a b') AS d")) {
      assertEquals(java.sql.Types.STRUCT, rows.getMetaData().getColumnType(1));
      assertTrue(rows.next());
      Object[] fields = ((Struct) rows.getObject("D")).getAttributes();
      assertEquals(List.of("<a b>", "stop", 2, 0, 2), Arrays.asList(fields).subList(0, 5));
    }
  }

  @Test
  void failedRowsAreWarningsAndCounted() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT GENERATE(v) FROM (VALUES ('REFUSE'), ('ok')) AS t(v)")) {
      assertEquals(2, column(rows).size());
      assertEquals("01000", statement.getWarnings().getSQLState());
      assertEquals("GENERATE failed in row 1: refused", rows.getWarnings().getMessage());
      QueryStatistics statistics = connection.unwrap(QuernConnection.class).statistics();
      assertEquals(1, statistics.failedRows());
      assertEquals(2, statistics.engineCalls());
      statement.clearWarnings();
      assertNull(statement.getWarnings());
    }
  }

  @Test
  void statisticsCountEngineCallsAndNotRows() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      column(
          statement.executeQuery(
              "SELECT GENERATE('one ' || v) FROM (VALUES ('a'), ('b'), ('a')) AS t(v)"));
      QueryStatistics s = connection.unwrap(QuernConnection.class).statistics();
      assertEquals(3, s.rows());
      assertEquals(OptionalLong.of(3), s.totalRows());
      assertEquals(2, s.distinctPrompts());
      assertEquals(2, s.engineCalls());
      assertEquals(4, s.promptTokens());
      assertEquals(4, s.computedPromptTokens());
      assertEquals(4, s.completionTokens());
    }
  }

  @Test
  void cancelEndsAQueryThatWaitsForTheModel() throws Exception {
    var asked = new CountDownLatch(1);
    QuernDriver driver =
        driver(
            new Script(
                (text, options) -> {
                  asked.countDown();
                  return new Reply.Silence();
                },
                0,
                0));
    try (Connection connection = driver.connect("jdbc:quern:", new Properties());
        Statement statement = connection.createStatement()) {
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  asked.await();
                  statement.cancel();
                } catch (InterruptedException | SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      ResultSet rows = statement.executeQuery("SELECT GENERATE('x')");
      SQLException e = assertThrows(SQLException.class, rows::next);
      canceller.join();
      assertEquals("57014", e.getSQLState());
      assertEquals(0, engines.getFirst().openBatches());
      // The statement serves again afterwards.
      assertEquals(List.of("1"), column(statement.executeQuery("SELECT 1")));
    }
  }

  @Test
  void theQueryTimeoutIsEnforced() throws SQLException {
    QuernDriver driver = driver(new Script((text, options) -> new Reply.Silence(), 0, 0));
    try (Connection connection = driver.connect("jdbc:quern:", new Properties());
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      ResultSet rows = statement.executeQuery("SELECT GENERATE('x')");
      SQLException e = assertThrows(SQLTimeoutException.class, rows::next);
      assertEquals("57014", e.getSQLState());
      assertEquals("the query ran longer than its time-out of 1 s", e.getMessage());
    }
  }

  @Test
  void aSpentRowBudgetKeepsTheFinishedRows() throws SQLException {
    try (Connection connection = connect("max-rows-budget=3");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT GENERATE(t) FROM " + NUMBERS)) {
      for (int i = 0; i < 3; i++) {
        assertTrue(rows.next());
      }
      SQLException e = assertThrows(SQLException.class, rows::next);
      assertEquals("53400", e.getSQLState());
      assertEquals("max-rows-budget of 3 rows reached; finished rows are kept", e.getMessage());
      assertEquals(3, engines.getFirst().calls());
    }
  }

  @Test
  void aRowBudgetThatSufficesIsNoError() throws SQLException {
    try (Connection connection = connect("max-rows-budget=2");
        Statement statement = connection.createStatement()) {
      assertEquals(
          2,
          column(statement.executeQuery("SELECT GENERATE(t) FROM " + NUMBERS + " LIMIT 2")).size());
    }
  }

  @Test
  void aSpentTokenBudgetStopsTheQuery() throws SQLException {
    try (Connection connection = connect("max-tokens-budget=5");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT GENERATE(v) FROM (VALUES ('a b'), ('c d'), ('e f')) AS t(v)")) {
      assertTrue(rows.next());
      assertTrue(rows.next());
      SQLException e = assertThrows(SQLException.class, rows::next);
      assertEquals("53400", e.getSQLState());
      assertEquals(2, engines.getFirst().calls());
    }
  }

  @Test
  void closingTheConnectionClosesAllBelowIt() throws SQLException {
    Connection connection = connect("");
    Statement statement = connection.createStatement();
    ResultSet rows = statement.executeQuery("SELECT GENERATE(t) FROM " + NUMBERS);
    assertTrue(rows.next());
    connection.close();
    assertTrue(statement.isClosed());
    assertTrue(rows.isClosed());
    assertTrue(engines.getFirst().isClosed());
    assertEquals(0, engines.getFirst().openBatches());
  }

  @Test
  void arraysHoldArraysAndDates() throws SQLException {
    try (Connection c = connect("");
        Statement statement = c.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT ARRAY[ARRAY[1, 2], ARRAY[3]],"
                    + " ARRAY[ARRAY[DATE '2020-01-02'], NULL],"
                    + " ARRAY[TIMESTAMP '2020-01-02 03:04:05', NULL],"
                    + " ARRAY[ARRAY[ARRAY['x'], ARRAY['y', NULL]]],"
                    + " ARRAY[X'0aff'],"
                    + " CAST(NULL AS INTEGER ARRAY ARRAY)")) {
      rows.next();
      assertArrayEquals(new Object[] {new Object[] {1, 2}, new Object[] {3}}, array(rows, 1));
      assertArrayEquals(
          new Object[] {new Object[] {Date.valueOf("2020-01-02")}, null}, array(rows, 2));
      assertArrayEquals(
          new Object[] {Timestamp.valueOf("2020-01-02 03:04:05"), null}, array(rows, 3));
      assertArrayEquals(
          new Object[] {new Object[] {new Object[] {"x"}, new Object[] {"y", null}}},
          array(rows, 4));
      assertArrayEquals(new Object[] {new byte[] {10, -1}}, array(rows, 5));
      assertNull(rows.getArray(6));
      assertEquals("[[1, 2], [3]]", rows.getString(1));
      assertEquals(Types.ARRAY, rows.getArray(1).getBaseType());
      assertEquals(Types.TIMESTAMP, rows.getArray(3).getBaseType());
      assertArrayEquals(
          new Object[] {new Object[] {3}}, (Object[]) rows.getArray(1).getArray(2, 1));
      assertThrows(SQLException.class, () -> rows.getArray(1).getArray(2, 2));
    }
  }

  private static Object[] array(ResultSet rows, int column) throws SQLException {
    return (Object[]) rows.getArray(column).getArray();
  }
}
