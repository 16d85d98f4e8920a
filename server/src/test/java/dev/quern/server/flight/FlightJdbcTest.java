package dev.quern.server.flight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unmodified Flight SQL JDBC driver against the server. */
@Timeout(120)
class FlightJdbcTest {
  private static List<String> column(ResultSet rows) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  @Test
  void queryGivesAnswersInOrder() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        assertEquals(
            List.of("<say a>", "<say b>", "<say c>"),
            column(
                statement.executeQuery(
                    "SELECT GENERATE('say ' || x) FROM (VALUES ('a'), ('b'), ('c')) AS t (x)")));
      }
    }
  }

  @Test
  void everyTypeArrives() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  """
                  SELECT TRUE AS b, CAST(1 AS TINYINT) AS t, CAST(2 AS SMALLINT) AS s, 3 AS i,
                    CAST(4 AS BIGINT) AS l, CAST(1.5 AS REAL) AS r, CAST(2.5 AS DOUBLE) AS d,
                    CAST(12.34 AS DECIMAL(10, 2)) AS n, 'text' AS v, X'0aff' AS y,
                    DATE '2026-02-03' AS da, TIME '04:05:06' AS ti,
                    TIMESTAMP '2026-02-03 04:05:06.789' AS ts, ARRAY[1, 2] AS a,
                    ROW(7, 'x') AS o, GENERATE_DETAILS('hi') AS g, NULL AS u,
                    CAST(NULL AS DECIMAL(5, 1)) AS un, INTERVAL '2' DAY AS iv\
                  """)) {
        assertTrue(rows.next());
        assertTrue(rows.getBoolean("b"));
        assertEquals(1, rows.getByte("t"));
        assertEquals(2, rows.getShort("s"));
        assertEquals(3, rows.getInt("i"));
        assertEquals(4L, rows.getLong("l"));
        assertEquals(1.5f, rows.getFloat("r"));
        assertEquals(2.5, rows.getDouble("d"));
        assertEquals(new BigDecimal("12.34"), rows.getBigDecimal("n"));
        assertEquals("text", rows.getString("v"));
        assertArrayEquals(new byte[] {10, -1}, rows.getBytes("y"));
        Calendar utc = Calendar.getInstance(TimeZone.getTimeZone("UTC"));
        assertEquals("2026-02-03", rows.getString("da"));
        assertTrue(rows.getString("ti").startsWith("04:05:06"), rows.getString("ti"));
        assertEquals(1770091506789L, rows.getTimestamp("ts", utc).getTime());
        Array array = rows.getArray("a");
        assertArrayEquals(new Object[] {1, 2}, (Object[]) array.getArray());
        assertEquals("x", ((Struct) rows.getObject("o")).getAttributes()[1].toString());
        Object[] details = ((Struct) rows.getObject("g")).getAttributes();
        assertEquals("<hi>", details[0].toString());
        assertEquals("stop", details[1].toString());
        assertEquals(1, details[2]);
        assertNull(rows.getString("u"));
        assertNull(rows.getBigDecimal("un"));
        assertEquals("PT48H", rows.getObject("iv").toString());
        assertFalse(rows.next());
      }
    }
  }

  @Test
  void preparedStatementTakesParametersAgainAndAgain() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT GENERATE('say ' || ?, max_tokens => ?), CAST(? AS DECIMAL(6, 2)),"
                      + " CAST(? AS DATE), CAST(? AS TIMESTAMP) FROM (VALUES (1), (2)) AS t (x)"
                      + " WHERE x <= ?")) {
        assertEquals(6, statement.getParameterMetaData().getParameterCount());
        for (int rows = 1; rows <= 2; rows++) {
          statement.setString(1, "a b c");
          statement.setInt(2, rows + 1);
          statement.setBigDecimal(3, new BigDecimal("1.25"));
          statement.setDate(4, Date.valueOf("2026-02-03"));
          statement.setTimestamp(5, Timestamp.valueOf("2026-02-03 04:05:06"));
          statement.setInt(6, rows);
          try (ResultSet result = statement.executeQuery()) {
            for (int row = 0; row < rows; row++) {
              assertTrue(result.next());
              assertEquals(rows == 1 ? "<say a" : "<say a b", result.getString(1));
              assertEquals(new BigDecimal("1.25"), result.getBigDecimal(2));
              assertEquals("2026-02-03", result.getString(3));
            }
            assertFalse(result.next());
          }
        }
      }
    }
  }

  @Test
  void viewsBelongToTheSessionAndShowInTheMetadata() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Connection other = server.connect();
          Statement statement = connection.createStatement()) {
        assertFalse(statement.execute("CREATE VIEW v AS SELECT 1 AS id, 'x' AS name"));
        assertEquals(List.of("1"), column(statement.executeQuery("SELECT id FROM v")));
        var metaData = connection.getMetaData();
        assertEquals("Quern", metaData.getDatabaseProductName());
        assertEquals("1.2.3", metaData.getDatabaseProductVersion());
        assertEquals(List.of("VIEW"), column(metaData.getTableTypes()));
        assertEquals(List.of(), column(metaData.getCatalogs()));
        assertEquals(List.of(), column(metaData.getSchemas()));
        assertTrue(metaData.getSystemFunctions().contains("GENERATE_DETAILS"));
        assertEquals(List.of(), column(metaData.getPrimaryKeys(null, null, "v")));
        assertEquals(List.of(), column(metaData.getImportedKeys(null, null, "v")));
        assertEquals(List.of(), column(metaData.getExportedKeys(null, null, "v")));
        try (ResultSet tables = metaData.getTables(null, null, "%", null)) {
          assertTrue(tables.next());
          assertEquals("v", tables.getString("TABLE_NAME"));
          assertEquals("VIEW", tables.getString("TABLE_TYPE"));
          assertFalse(tables.next());
        }
        List<String> columns = new ArrayList<>();
        try (ResultSet rows = metaData.getColumns(null, null, "v", "%")) {
          while (rows.next()) {
            columns.add(rows.getString("COLUMN_NAME") + " " + rows.getString("TYPE_NAME"));
          }
        }
        assertEquals(List.of("id INTEGER", "name VARCHAR"), columns);
        try (ResultSet types = metaData.getTypeInfo()) {
          List<String> names = new ArrayList<>();
          while (types.next()) {
            names.add(types.getString("TYPE_NAME"));
          }
          assertTrue(names.containsAll(List.of("BIGINT", "DECIMAL", "TIMESTAMP")), names::toString);
        }
        assertEquals(List.of(), column(other.getMetaData().getTables(null, null, "%", null)));
      }
    }
  }

  @Test
  void writesTellHowManyRowsTheyWrote(@TempDir Path folder) throws Exception {
    try (TestServer server = TestServer.startOn(folder)) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        assertEquals(
            3,
            statement.executeUpdate(
                "COPY (SELECT * FROM (VALUES (1), (2), (3)) AS t (x)) TO 'x.parquet'"));
        assertTrue(Files.exists(folder.resolve("x.parquet")));
        assertEquals(
            3, statement.executeUpdate("CREATE TABLE 'out/' AS SELECT x FROM 'x.parquet'"));
        assertEquals(
            2, statement.executeUpdate("INSERT INTO 'out/' SELECT x FROM 'x.parquet' WHERE x > 1"));
        assertEquals(List.of("5"), column(statement.executeQuery("SELECT COUNT(*) FROM 'out/'")));
        try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO 'out/' SELECT x FROM 'x.parquet' WHERE x = ?")) {
          insert.setInt(1, 2);
          assertEquals(1, insert.executeUpdate());
        }
      }
    }
  }

  @Test
  void errorsTellThePlaceAndNoStackTrace() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        SQLException unknown =
            assertThrows(SQLException.class, () -> statement.executeQuery("SELECT 1,\n  nope"));
        assertTrue(unknown.getMessage().contains("line 2, column 3"), unknown.getMessage());
        SQLException late =
            assertThrows(
                SQLException.class,
                () ->
                    column(
                        statement.executeQuery("SELECT GENERATE('REFUSE', on_error => 'fail')")));
        assertTrue(message(late).contains("refused"), message(late));
        assertFalse(message(late).contains("\tat "), message(late));
        SQLException zero =
            assertThrows(
                SQLException.class,
                () ->
                    column(statement.executeQuery("SELECT 1 / x FROM (VALUES (1), (0)) AS t (x)")));
        assertTrue(message(zero).contains("division by zero"), message(zero));
        // The session goes on.
        assertEquals(List.of("1"), column(statement.executeQuery("SELECT 1")));
      }
    }
  }

  private static String message(Throwable failure) {
    var all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }

  @Test
  void cancelEndsAQueryThatWaitsForTheModel() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        var started = new CountDownLatch(1);
        Thread canceller =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    started.await();
                    while (server.engine().openBatches() == 0) {
                      Thread.sleep(5);
                    }
                    statement.cancel();
                  } catch (InterruptedException | SQLException e) {
                    throw new AssertionError(e);
                  }
                });
        assertThrows(
            SQLException.class,
            () -> {
              ResultSet rows = statement.executeQuery("SELECT GENERATE('SILENCE')");
              started.countDown();
              rows.next();
            });
        canceller.join();
        awaitNoBatch(server);
      }
    }
  }

  @Test
  void closingAResultCancelsItsQuery() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        ResultSet rows =
            statement.executeQuery("SELECT GENERATE(x) FROM (VALUES ('a'), ('SILENCE')) AS t (x)");
        assertTrue(rows.next());
        assertEquals("<a>", rows.getString(1), "the first row does not wait for the second");
        rows.close();
        awaitNoBatch(server);
      }
    }
  }

  private static void awaitNoBatch(TestServer server) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (server.engine().openBatches() > 0) {
      assertTrue(System.nanoTime() < end, "the query still runs");
      Thread.sleep(5);
    }
  }

  @Test
  void bigResultComesInBatches() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        String digits = "(VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))";
        String sql =
            "SELECT a.x + 10 * b.x + 100 * c.x + 1000 * d.x FROM "
                + digits
                + " AS a (x), "
                + digits
                + " AS b (x), "
                + digits
                + " AS c (x), "
                + digits
                + " AS d (x)";
        long sum = 0;
        int count = 0;
        try (ResultSet rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            sum += rows.getLong(1);
            count++;
          }
        }
        assertEquals(10_000, count);
        assertEquals(9_999L * 10_000 / 2, sum);
      }
    }
  }

  @Test
  void statementsOfUnknownTypesSayWhatToDo() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        SQLException refused =
            assertThrows(
                SQLException.class, () -> statement.executeQuery("SELECT * FROM '/etc/passwd'"));
        assertTrue(
            refused.getMessage().contains("PERMISSION_DENIED")
                || message(refused).contains("--data-root"),
            message(refused));
      }
    }
  }

  @Test
  void mapsArrive() throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT MAP['a', 1, 'b', 2] AS m")) {
        assertTrue(rows.next());
        assertEquals(2, ((Map<?, ?>) rows.getObject("m")).size());
      }
    }
  }
}
