package dev.quern.sql.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each pass saves, in calls of an engine that starts 128 rows ahead as a real one does. */
final class PassCountersTest {
  private static final int MAX_NUM_SEQS = 128;

  @TempDir private Path folder;
  private ScriptedEngine engine;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    open("window-rows=4096");
  }

  private void open(String options) throws SQLException {
    // The last word of a prompt is its answer; REFUSE fails.
    engine =
        new ScriptedEngine(
            new Script(
                (text, _) ->
                    text.contains("REFUSE")
                        ? new Reply.Refusal("refused")
                        : new Reply.Text(text.substring(text.lastIndexOf(' ') + 1)),
                0,
                MAX_NUM_SEQS));
    connection = new QuernDriver(_ -> engine).connect("jdbc:quern:" + options, new Properties());
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /** A Parquet file of rows written as CSV. */
  private String table(String name, String columns, int rows, IntFunction<String> row)
      throws IOException, SQLException {
    Path csv = folder.resolve(name + ".csv");
    List<String> lines = new ArrayList<>(List.of(columns));
    for (int i = 0; i < rows; i++) {
      lines.add(row.apply(i));
    }
    Files.write(csv, lines);
    String parquet = folder.resolve(name + ".parquet").toString();
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("COPY (SELECT * FROM '" + csv + "') TO '" + parquet + "'");
    }
    return "'" + parquet + "'";
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(result.getObject(i)));
        }
        rows.add(String.join(" ", values));
      }
    }
    return rows;
  }

  /** What a real engine may have begun counts too: rows submitted, not only those answered. */
  private void asksNoMoreThan(long needed) {
    assertTrue(engine.calls() >= needed, engine.calls() + " calls");
    assertTrue(
        engine.submittedRows() <= needed + MAX_NUM_SEQS,
        engine.submittedRows() + " rows submitted");
  }

  @Test
  void aLimitAboveAConditionStopsTheCalls() throws Exception {
    String docs =
        table("docs", "id,body", 100_000, i -> i + ",text " + i + (i % 10 == 9 ? " yes" : " no"));
    assertEquals(
        List.of("9", "19", "29", "39", "49"),
        rows("SELECT id FROM " + docs + " WHERE GENERATE(body) = 'yes' LIMIT 5"));
    asksNoMoreThan(50);
  }

  @Test
  void aLimitAboveTwoConditionsStopsTheCallsOfBoth() throws Exception {
    String docs =
        table(
            "docs",
            "id,a,b",
            100_000,
            i ->
                i
                    + ",a "
                    + i
                    + (i % 2 == 0 ? " yes" : " no")
                    + ",b "
                    + i
                    + (i % 3 == 0 ? " yes" : " no"));
    assertEquals(
        List.of("0", "6", "12", "18", "24"),
        rows(
            "SELECT id FROM "
                + docs
                + " WHERE GENERATE(a) = 'yes' AND GENERATE(b) = 'yes' LIMIT 5"));
    // 25 rows are looked at; half of them reach the second condition.
    asksNoMoreThan(25 + 13);
  }

  @Test
  void aLimitWithoutAConditionGoesBelowTheCalls() throws Exception {
    String docs = table("docs", "id,body", 1000, i -> i + ",text " + i);
    assertEquals(
        List.of("2 2", "3 3"),
        rows("SELECT id, GENERATE(body) FROM " + docs + " LIMIT 2 OFFSET 2"));
    assertEquals(2, engine.calls());
  }

  @Test
  void branchesOfCaseThatAreNotTakenAskNothing() throws Exception {
    String docs = table("docs", "id,body", 1000, i -> i + ",text " + i);
    rows(
        "SELECT CASE WHEN id < 10 THEN GENERATE('a ' || body)"
            + " WHEN id < 30 THEN GENERATE('b ' || body) ELSE 'none' END FROM "
            + docs);
    assertEquals(30, engine.calls());
  }

  @Test
  void existsStopsAtTheFirstRow() throws Exception {
    String docs =
        table("docs", "id,body", 100_000, i -> i + ",text " + i + (i == 20 ? " yes" : " no"));
    assertEquals(
        List.of("1"),
        rows(
            "SELECT x FROM (VALUES (1)) AS t(x) WHERE EXISTS (SELECT 1 FROM "
                + docs
                + " WHERE GENERATE(body) = 'yes')"));
    asksNoMoreThan(21);
  }

  @Test
  void aCommonTableExpressionThatIsUsedTwiceAsksOnce() throws Exception {
    String docs = table("docs", "id,body", 100, i -> i + ",text " + i % 50);
    assertEquals(
        List.of("200"),
        rows(
            "WITH g AS (SELECT id, GENERATE('Say ' || body) AS a FROM "
                + docs
                + ") SELECT COUNT(*) FROM g AS x JOIN g AS y ON x.a = y.a"));
    assertEquals(50, engine.calls());
    assertEquals(1, engine.batches(), "the rows of g are made once");
  }

  @Test
  void aConditionOnTheLargeSideOfAJoinIsPulledAboveIt() throws Exception {
    String papers = table("papers", "paper,topic", 330, i -> i * 300 + ",t" + i);
    String pages =
        table("pages", "page,body", 110_000, i -> i + ",text " + i + (i % 2 == 0 ? " yes" : " no"));
    assertEquals(
        List.of("330"),
        rows(
            "SELECT COUNT(*) FROM (SELECT page FROM "
                + pages
                + " WHERE GENERATE(body) = 'yes') AS g JOIN "
                + papers
                + " ON page = paper"));
    assertEquals(330, engine.calls());
  }

  private String titledPapers() throws IOException, SQLException {
    return table("papers", "paper,title", 330, i -> i + ",title " + i + " yes");
  }

  private String pagesOfPapers() throws IOException, SQLException {
    return table("pages", "page,paper", 110_000, i -> i + "," + i % 330);
  }

  @Test
  void aConditionOnTheSmallSideOfAJoinStaysBelowIt() throws Exception {
    String papers = titledPapers();
    String pages = pagesOfPapers();
    assertEquals(
        List.of("110000"),
        rows(
            "SELECT COUNT(*) FROM "
                + pages
                + " AS p JOIN (SELECT * FROM "
                + papers
                + " WHERE GENERATE(title) = 'yes') AS t ON p.paper = t.paper"));
    assertEquals(330, engine.calls());
  }

  @Test
  void aConditionAboveAJoinAsksOnceAPaper() throws Exception {
    String papers = titledPapers();
    String pages = pagesOfPapers();
    assertEquals(
        List.of("110000"),
        rows(
            "SELECT COUNT(*) FROM "
                + pages
                + " AS p JOIN "
                + papers
                + " AS t ON p.paper = t.paper WHERE GENERATE(title) = 'yes'"));
    assertEquals(330, engine.calls());
  }

  @Test
  void equalPromptsRunOnce() throws Exception {
    String docs = table("docs", "id,body", 100_000, i -> i + ",text " + i % 1000);
    assertEquals(
        List.of("100000 1000"),
        rows(
            "SELECT COUNT(g), COUNT(DISTINCT g) FROM (SELECT GENERATE(body) AS g FROM "
                + docs
                + ")"));
    assertEquals(1000, engine.calls());
    assertEquals(2000, engine.promptTokens());
  }

  @Test
  void distinctRowsAskOnce() throws Exception {
    String docs = table("docs", "id,body", 10_000, i -> i + ",text " + i % 100);
    assertEquals(100, rows("SELECT DISTINCT body, GENERATE(body) AS g FROM " + docs).size());
    assertEquals(100, engine.calls());
    assertEquals(2, engine.batches(), "100 rows in windows of 64 and more");
  }

  @Test
  void conditionsAreOrderedByWhatTheyLetPass() throws Exception {
    // As written the first drops nothing and the second nearly all.
    String docs =
        table(
            "docs",
            "id,a,b",
            4000,
            i -> i + ",a " + i + " yes,b " + i + (i % 100 == 0 ? " yes" : " no"));
    assertEquals(
        List.of("40"),
        rows(
            "SELECT COUNT(*) FROM " + docs + " WHERE GENERATE(a) = 'yes' AND GENERATE(b) = 'yes'"));
    // The first window (64 rows) and the one that was read ahead (256) go as written: 640 calls.
    // The others ask b first: 3,680 calls, and a of the 36 rows left.
    assertEquals(640 + 3680 + 36, engine.calls());
  }

  @Test
  void callsOfARowAreSiblingsOfOneBatch() throws Exception {
    String docs = table("docs", "id,body", 50, i -> i + ",document " + i);
    rows("SELECT GENERATE(body || ' q1'), GENERATE(body || ' q2') FROM " + docs);
    assertEquals(100, engine.calls());
    assertEquals(1, engine.batches());
  }

  @Test
  void branchesOfAUnionOverTheSameRowsAreSiblingsOfOneBatch() throws Exception {
    String docs = table("docs", "id,body", 50, i -> i + ",document " + i);
    List<String> rows =
        rows(
            "SELECT GENERATE(body || ' q1') FROM "
                + docs
                + " UNION ALL SELECT GENERATE(body || ' q2') FROM "
                + docs);
    assertEquals(100, engine.calls());
    assertEquals(1, engine.batches());
    assertEquals("q1", rows.get(49));
    assertEquals("q2", rows.get(50));
  }

  @Test
  void aLimitedUnionAsksForItsFirstBranchOnly() throws Exception {
    String docs = table("docs", "id,body", 50, i -> i + ",document " + i);
    rows(
        "SELECT * FROM (SELECT GENERATE(body || ' q1') AS g FROM "
            + docs
            + " UNION ALL SELECT GENERATE(body || ' q2') FROM "
            + docs
            + ") LIMIT 3");
    assertTrue(engine.calls() <= 50, "calls: " + engine.calls());
  }

  @Test
  void theInnerSideOfANestedLoopAsksAndWarnsOnce() throws Exception {
    String docs = table("docs", "id,body", 10, i -> i + ",text " + (i == 3 ? "REFUSE" : i));
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT COUNT(*) FROM "
                    + docs
                    + " AS x JOIN (SELECT id, GENERATE(body) AS g FROM "
                    + docs
                    + ") AS y ON x.id < y.id AND y.g IS NOT NULL")) {
      assertTrue(result.next());
      assertEquals(42, result.getInt(1));
      int warnings = 0;
      for (SQLWarning w = result.getWarnings(); w != null; w = w.getNextWarning()) {
        warnings++;
      }
      assertEquals(1, warnings);
    }
    assertEquals(10, engine.calls());
  }

  @Test
  void aJobRunsInTheOrderOfPromptsAndLeavesInTheOrderOfTheTable() throws Exception {
    close();
    open("window-rows=10");
    String docs = table("docs", "id,body", 100, i -> i + ",group " + i % 10 + " row " + i);
    String out = folder.resolve("out.parquet").toString();
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "COPY (SELECT id, GENERATE(body) AS g FROM " + docs + ") TO '" + out + "'");
    }
    long group =
        engine.lastBatch().rows().stream()
            .map(row -> row.prompt().toString().replaceAll(".*group (\\d).*", "$1"))
            .distinct()
            .count();
    assertEquals(1, group, "the last window holds the rows of one group");
    List<String> rows = rows("SELECT id, g FROM '" + out + "'");
    for (int i = 0; i < 100; i++) {
      assertEquals(i + " " + i, rows.get(i));
    }
  }

  @Test
  void distinctAnswersThatReadNoColumnStayAsManyAsTheRowsHave() throws Exception {
    String docs = table("docs", "id,body", 10, i -> i + ",text " + i);
    String sql = "SELECT DISTINCT GENERATE('say hi') FROM " + docs + " WHERE id < ";
    assertEquals(List.of(), rows(sql + "0"));
    assertEquals(List.of("hi"), rows(sql + "5"));
  }

  @Test
  void callsThatDifferInTheItemsOfAnArrayAreNotShared() throws Exception {
    String docs = table("docs", "id,body", 10, i -> i + ",text " + i);
    String call = "SELECT id, GENERATE(body, stop => ARRAY[%s]) AS g FROM " + docs;
    rows(
        "SELECT x.g, y.g FROM ("
            + call.formatted("'a, b'")
            + ") AS x JOIN ("
            + call.formatted("'a', 'b'")
            + ") AS y ON x.id = y.id");
    assertEquals(20, engine.calls());
  }

  @Test
  void aFieldOfDetailsIsAConditionBesideAnother() throws Exception {
    String docs = table("docs", "id,body", 4, i -> i + ",text " + i + (i < 2 ? " yes" : " no"));
    assertEquals(
        List.of("0", "1"),
        rows(
            "SELECT id FROM "
                + docs
                + " WHERE GENERATE_DETAILS(body).text = 'yes' AND GENERATE('x ' || body) = 'yes'"));
  }

  @Test
  void equalBranchesOfOneColumnAreShared() throws Exception {
    String docs = table("docs", "id,body", 10, i -> i + ",text " + i);
    String branch = "SELECT GENERATE(body) AS g FROM " + docs;
    assertEquals(
        List.of("20 10"),
        rows("SELECT COUNT(*), COUNT(DISTINCT g) FROM (" + branch + " UNION ALL " + branch + ")"));
    assertEquals(10, engine.calls());
  }

  @Test
  void rowsThatDifferEachTimeAreNotShared() throws Exception {
    String docs = table("docs", "id,body", 20, i -> i + ",text " + i);
    String branch = "SELECT RAND() AS r, GENERATE(body) AS g FROM " + docs;
    assertEquals(
        List.of("40 40"),
        rows("SELECT COUNT(g), COUNT(DISTINCT r) FROM (" + branch + " UNION ALL " + branch + ")"));
    assertEquals(20, engine.calls());
  }

  @Test
  void aRowBudgetOfAJobKeepsTheFirstRowsOfTheTable() throws Exception {
    close();
    open("window-rows=10;max-rows-budget=35");
    String docs = table("docs", "id,body", 100, i -> i + ",group " + i % 10 + " row " + i);
    String out = folder.resolve("out.parquet").toString();
    try (Statement statement = connection.createStatement()) {
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  statement.executeUpdate(
                      "COPY (SELECT id, GENERATE(body) AS g FROM " + docs + ") TO '" + out + "'"));
      assertEquals("53400", e.getSQLState());
    }
    assertEquals(List.of("35 34"), rows("SELECT COUNT(*), MAX(id) FROM '" + out + "'"));
    assertEquals(35, engine.calls());
  }
}
