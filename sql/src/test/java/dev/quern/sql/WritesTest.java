package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritesTest {
  private static final Path DATA = Path.of("src/test/resources/data");

  @TempDir Path out;

  private final List<ScriptedEngine> engines = new ArrayList<>();

  private Connection connect(Script script, String options) throws SQLException {
    return new QuernDriver(
            given -> {
              engines.add(new ScriptedEngine(script));
              return engines.getLast();
            })
        .connect("jdbc:quern:" + options, new Properties());
  }

  private Connection connect(String options) throws SQLException {
    return connect(TestAnswers.script(), options);
  }

  /** All rows as texts, with the types of their columns. */
  private static List<String> rows(Statement statement, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        var row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(result.getMetaData().getColumnTypeName(i))
              .append(' ')
              .append(SltValues.text(result.getObject(i)))
              .append('|');
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private void assertNothingWritten() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void detailsAreWrittenAsARow() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE '" + out + "/d.parquet' AS SELECT GENERATE_DETAILS('a b') AS d");
      assertEquals(1, statement.getUpdateCount());
      assertEquals(
          List.of("VARCHAR <a b>|INTEGER 2|"),
          rows(statement, "SELECT t.d.text, t.d.prompt_tokens FROM '" + out + "/d.parquet' AS t"));
    }
  }

  @Test
  void aPreparedCopyRunsWithEachParameterAndNotBefore() throws Exception {
    String file = out + "/p.parquet";
    try (Connection connection = connect("");
        Statement reader = connection.createStatement();
        PreparedStatement copy =
            connection.prepareStatement(
                "COPY (SELECT GENERATE(? || title) AS g FROM '"
                    + DATA.resolve("movies.parquet")
                    + "' LIMIT 2) TO '"
                    + file
                    + "'")) {
      assertNothingWritten();
      for (String prefix : List.of("one ", "two ")) {
        copy.setString(1, prefix);
        assertEquals(2, copy.executeUpdate());
        List<String> written = rows(reader, "SELECT g FROM '" + file + "'");
        assertEquals(2, written.size());
        assertTrue(written.getFirst().startsWith("VARCHAR <" + prefix), written.getFirst());
      }
      copy.setString(1, "three ");
      assertFalse(copy.execute());
      assertEquals(2, copy.getUpdateCount());
      assertEquals(6, engines.getFirst().calls());
      assertEquals(2, connection.unwrap(QuernConnection.class).statistics().rows());
    }
  }

  @Test
  void manyRowsAreWrittenInBatches() throws SQLException {
    String file = out + "/many.parquet";
    String title = "SELECT a.title FROM '%s' AS a".formatted(DATA.resolve("movies.parquet"));
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      List<String> expected = rows(statement, title);
      assertTrue(expected.size() > 1024);
      assertEquals(
          expected.size(), statement.executeUpdate("COPY (" + title + ") TO '" + file + "'"));
      assertEquals(expected, rows(statement, "SELECT * FROM '" + file + "'"));
    }
  }

  @Test
  void aCancelledWriteLeavesNothing() throws Exception {
    var asked = new CountDownLatch(1);
    var silent =
        new Script(
            (text, options) -> {
              if (text.contains("last")) {
                asked.countDown();
                return new Reply.Silence();
              }
              return new Reply.Text(text);
            },
            0,
            0);
    try (Connection connection = connect(silent, "");
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
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  statement.executeUpdate(
                      "CREATE TABLE '"
                          + out
                          + "/c/' AS SELECT GENERATE(v) AS g"
                          + " FROM (VALUES ('first'), ('last')) AS t(v)"));
      canceller.join();
      assertEquals("57014", e.getSQLState());
      assertEquals(0, engines.getFirst().openBatches());
      assertNothingWritten();
      assertEquals(1, statement.executeUpdate("COPY (SELECT 1 AS x) TO '" + out + "/c.parquet'"));
    }
  }

  @Test
  void aWriteThatRunsTooLongLeavesNothing() throws Exception {
    try (Connection connection =
            connect(new Script((text, options) -> new Reply.Silence(), 0, 0), "");
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      SQLException e =
          assertThrows(
              SQLTimeoutException.class,
              () ->
                  statement.executeUpdate(
                      "COPY (SELECT GENERATE('x') AS g) TO '" + out + "/t.parquet'"));
      assertEquals("57014", e.getSQLState());
      assertNothingWritten();
    }
  }

  @Test
  void aSpentBudgetKeepsTheFinishedRowsInTheFile() throws SQLException {
    String file = out + "/b.parquet";
    try (Connection connection = connect("max-rows-budget=3");
        Statement statement = connection.createStatement()) {
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  statement.executeUpdate(
                      "COPY (SELECT GENERATE(title) AS g FROM '"
                          + DATA.resolve("movies.parquet")
                          + "') TO '"
                          + file
                          + "'"));
      assertEquals("53400", e.getSQLState());
      assertEquals(
          "max-rows-budget of 3 rows reached; finished rows are kept: 3 of them in '" + file + "'",
          e.getMessage());
      assertEquals(3, rows(statement, "SELECT * FROM '" + file + "'").size());
    }
  }

  @Test
  void aBudgetSpentBeforeTheFirstRowLeavesNothing() throws Exception {
    try (Connection connection = connect("max-rows-budget=3");
        Statement statement = connection.createStatement()) {
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  statement.executeUpdate(
                      "COPY (SELECT MAX(GENERATE(title)) AS g FROM '"
                          + DATA.resolve("movies.parquet")
                          + "') TO '"
                          + out
                          + "/b.parquet'"));
      assertEquals("53400", e.getSQLState());
      assertNothingWritten();
    }
  }

  @Test
  void aFailingQueryLeavesTheOldFileAlone() throws SQLException {
    String file = out + "/old.parquet";
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("COPY (SELECT 1 AS x) TO '" + file + "'");
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  statement.executeUpdate(
                      "COPY (SELECT GENERATE('REFUSE', on_error => 'fail') AS x) TO '"
                          + file
                          + "'"));
      assertEquals("58000", e.getSQLState());
      assertEquals(List.of("INTEGER 1|"), rows(statement, "SELECT * FROM '" + file + "'"));
    }
  }

  @Test
  void aBatchOfWritesCountsEach() throws Exception {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.addBatch("CREATE TABLE '" + out + "/f/' AS SELECT 1 AS x");
      statement.addBatch("INSERT INTO '" + out + "/f/' (x) VALUES (2), (3)");
      int[] counts = statement.executeBatch();
      assertEquals(List.of(1, 2), List.of(counts[0], counts[1]));
      assertEquals(3, rows(statement, "SELECT * FROM '" + out + "/f/'").size());
    }
  }
}
