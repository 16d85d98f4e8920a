package dev.quern.server.prompt;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes keywords, functions, and the tables and columns that the connection knows now. */
final class SqlCompleter implements Completer {
  private static final List<String> KEYWORDS =
      List.of(
          "ALL",
          "AND",
          "AS",
          "ASC",
          "BETWEEN",
          "BY",
          "CASE",
          "CAST",
          "COPY",
          "CREATE",
          "DESC",
          "DISTINCT",
          "DROP",
          "ELSE",
          "END",
          "EXISTS",
          "EXPLAIN ANALYZE",
          "EXPLAIN PLAN FOR",
          "FALSE",
          "FETCH",
          "FROM",
          "GROUP BY",
          "HAVING",
          "IN",
          "INNER JOIN",
          "INSERT INTO",
          "IS",
          "JOIN",
          "LEFT JOIN",
          "LIKE",
          "LIMIT",
          "MODEL",
          "NOT",
          "NULL",
          "OFFSET",
          "ON",
          "OR",
          "ORDER BY",
          "OUTER",
          "SELECT",
          "TABLE",
          "THEN",
          "TO",
          "TRUE",
          "UNION ALL",
          "VALUES",
          "VIEW",
          "WHEN",
          "WHERE",
          "WITH");

  private static final List<String> FUNCTIONS =
      List.of(
          "AVG(",
          "COALESCE(",
          "COUNT(",
          "GENERATE(",
          "GENERATE_DETAILS(",
          "LOWER(",
          "MAX(",
          "MIN(",
          "PROMPT(",
          "SUBSTRING(",
          "SUM(",
          "TOKEN_COUNT(",
          "TRIM(",
          "UPPER(");

  private static final List<String> ARGUMENTS =
      List.of(
          "chat =>",
          "frequency_penalty =>",
          "max_tokens =>",
          "min_p =>",
          "min_tokens =>",
          "on_error =>",
          "presence_penalty =>",
          "repetition_penalty =>",
          "seed =>",
          "stop =>",
          "system =>",
          "temperature =>",
          "top_k =>",
          "top_p =>");

  private final Connection connection;

  SqlCompleter(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    KEYWORDS.forEach(word -> candidates.add(candidate(word, "keyword")));
    FUNCTIONS.forEach(word -> candidates.add(candidate(word, "function")));
    ARGUMENTS.forEach(word -> candidates.add(candidate(word, "argument")));
    try {
      names("TABLE_NAME", false).forEach(name -> candidates.add(candidate(name, "table")));
      names("COLUMN_NAME", true).forEach(name -> candidates.add(candidate(name, "column")));
    } catch (SQLException e) {
      // Completion helps where it can; the statement itself will say what is wrong.
      candidates.add(candidate("SELECT", "keyword"));
    }
  }

  private SortedSet<String> names(String label, boolean columns) throws SQLException {
    var metaData = connection.getMetaData();
    var names = new TreeSet<String>();
    try (ResultSet rows =
        columns
            ? metaData.getColumns(null, null, "%", "%")
            : metaData.getTables(null, null, "%", null)) {
      while (rows.next()) {
        names.add(quotedWhereNeeded(rows.getString(label)));
      }
    }
    return names;
  }

  private static String quotedWhereNeeded(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static Candidate candidate(String word, String group) {
    // A function's name is followed by its argument, not by a blank.
    return new Candidate(word, word, group, null, null, null, !word.endsWith("("));
  }
}
