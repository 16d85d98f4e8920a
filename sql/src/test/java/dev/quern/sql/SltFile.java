package dev.quern.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs a file of statements and writes it anew with what they gave. Records are separated by empty
 * lines: a line {@code query}, {@code statement} or {@code error}, the SQL, {@code ----}, and what
 * is expected, the number of engine calls first where there were any. {@code #} starts a comment
 * between records; {@code $DATA} stands for the folder of test tables, {@code $OUT} for an empty
 * one to write to.
 */
final class SltFile {
  private static final String SEPARATOR = "----";

  private final Connection connection;
  private final LongSupplier engineCalls;
  private final String data;
  private final String out;

  SltFile(Connection connection, LongSupplier engineCalls, String data, String out) {
    this.connection = connection;
    this.engineCalls = engineCalls;
    this.data = data;
    this.out = out;
  }

  /** The file's text as it should be, if what happens now is right. */
  String run(String text) {
    var out = new StringBuilder();
    for (String record : text.strip().split("\n\\s*\n")) {
      List<String> lines = record.lines().toList();
      int kind = 0;
      while (kind < lines.size() && lines.get(kind).startsWith("#")) {
        kind++;
      }
      out.append(out.isEmpty() ? "" : "\n");
      lines.subList(0, kind).forEach(line -> out.append(line).append('\n'));
      if (kind < lines.size()) {
        out.append(record(lines.subList(kind + 1, lines.size())));
      }
    }
    return out.toString();
  }

  private String record(List<String> lines) {
    int end = lines.indexOf(SEPARATOR);
    String sql = String.join("\n", end < 0 ? lines : lines.subList(0, end));
    long before = engineCalls.getAsLong();
    String kind;
    List<String> result;
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql.replace("$DATA", data).replace("$OUT", out))) {
        kind = "query";
        result = rows(statement.getResultSet());
      } else {
        kind = "statement";
        result = new ArrayList<>(List.of("rows written: " + statement.getUpdateCount()));
      }
      for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        result.add("warning: " + w.getMessage());
      }
    } catch (SQLException e) {
      kind = "error";
      result = new ArrayList<>(List.of(e.getSQLState() + " " + e.getMessage()));
    }
    long calls = engineCalls.getAsLong() - before;
    if (calls > 0) {
      result.addFirst("calls: " + calls);
    }
    return kind
        + "\n"
        + sql
        + "\n"
        + SEPARATOR
        + "\n"
        + String.join("\n", result)
            .replace(Path.of(data).toAbsolutePath().toString(), "$DATA")
            .replace(data, "$DATA")
            .replace(Path.of(out).toAbsolutePath().toString(), "$OUT")
            .replace(out, "$OUT")
        + "\n";
  }

  private static List<String> rows(ResultSet rows) throws SQLException {
    List<String> lines = new ArrayList<>();
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        values.add(SltValues.text(rows.getObject(i)));
      }
      lines.add(String.join(" | ", values));
    }
    return lines;
  }
}
