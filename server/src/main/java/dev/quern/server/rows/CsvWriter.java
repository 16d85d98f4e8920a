package dev.quern.server.rows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/**
 * CSV after RFC 4180, UTF-8, with a header line. NULL is an empty field, the empty string a quoted
 * one (the NULL of a single column too).
 */
public final class CsvWriter implements RowWriter {
  private static final String LINE_END = "\r\n";

  private final OutputStream out;
  private List<Column> columns = List.of();

  public CsvWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void begin(ResultSetMetaData metaData) throws SQLException, IOException {
    columns = Column.of(metaData);
    line(columns.stream().map(column -> quoted(column.name())).toList());
  }

  @Override
  public void row(List<Object> values) throws SQLException, IOException {
    String[] fields = new String[values.size()];
    for (int i = 0; i < fields.length; i++) {
      Object value = values.get(i);
      fields[i] = value == null ? nullField() : quoted(ValueText.of(value, columns.get(i).shape()));
    }
    line(List.of(fields));
  }

  @Override
  public void end() {}

  @Override
  public void flush() {}

  /** Of a single column, an empty field would be an empty line, which many readers skip. */
  private String nullField() {
    return columns.size() == 1 ? "\"\"" : "";
  }

  private void line(List<String> fields) throws IOException {
    out.write((String.join(",", fields) + LINE_END).getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String quoted(String text) {
    boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
