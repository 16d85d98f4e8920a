package dev.quern.sql.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Generated queries give the rows that H2 gives, which shares no line with us. {@code
 * -Dquern.oracle.seeds=FROM-TO} takes other seeds than the usual.
 */
class OracleTest {
  private static final String SEEDS = System.getProperty("quern.oracle.seeds", "1-1000");

  private final List<String> differences = new ArrayList<>();

  @Test
  void subQueries() throws SQLException {
    compareAll(SubQueryText::of);
  }

  @Test
  void windowsGroupsJoinsAndSets() throws SQLException {
    compareAll(PlainText::of);
  }

  private void compareAll(LongFunction<String> query) throws SQLException {
    try (Connection ours = DriverManager.getConnection("jdbc:quern:threads=1");
        Connection theirs = DriverManager.getConnection("jdbc:h2:mem:");
        Statement subject = ours.createStatement();
        Statement oracle = theirs.createStatement()) {
      for (String table : SubQueryText.TABLES) {
        subject.execute(table);
        oracle.execute(table);
      }
      String[] ends = SEEDS.split("-", 2);
      for (long seed :
          LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[1])).toArray()) {
        compare(seed, query.apply(seed), subject, oracle);
      }
    }
    assertEquals(List.of(), differences, () -> differences.size() + " differ");
  }

  private void compare(long seed, String sql, Statement subject, Statement oracle)
      throws SQLException {
    String expected = rows(oracle, sql);
    String actual;
    try {
      actual = rows(subject, sql);
    } catch (SQLException | RuntimeException | AssertionError e) {
      actual = e.toString();
    }
    if (!expected.equals(actual)) {
      differences.add(
          "\nseed " + seed + ": " + sql + "\nexpected " + expected + "\nactual   " + actual);
    }
  }

  private static String rows(Statement statement, String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(text(rows.getObject(i)));
        }
        all.add(String.join(" | ", row));
      }
    }
    return String.join("; ", all.stream().sorted().toList());
  }

  /** An INTEGER equals a BIGINT. */
  private static String text(Object value) {
    return value instanceof Number number
        ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
        : Objects.toString(value, "NULL");
  }
}
