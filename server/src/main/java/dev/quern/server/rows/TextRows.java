package dev.quern.server.rows;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows of a result as texts, values with parts as JSON; NULL stays null. */
public final class TextRows {
  /**
   * A column as people see it.
   *
   * @param name as in the query
   * @param type as SQL writes it
   * @param number whether values are numbers, which tables align to the right
   */
  public record Head(String name, String type, boolean number) {}

  private final List<Column> columns;
  private final List<Head> heads;

  private TextRows(List<Column> columns, List<Head> heads) {
    this.columns = columns;
    this.heads = List.copyOf(heads);
  }

  public static TextRows of(ResultSetMetaData metaData) throws SQLException {
    List<Column> columns = Column.of(metaData);
    List<Head> heads = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      heads.add(
          new Head(
              column.name(), String.valueOf(metaData.getColumnTypeName(i + 1)), column.number()));
    }
    return new TextRows(columns, heads);
  }

  public List<Head> heads() {
    return heads;
  }

  /** The row that the result stands at; a list with nulls. */
  public List<String> row(ResultSet rows) throws SQLException, IOException {
    List<String> texts = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Object value = rows.getObject(i + 1);
      texts.add(value == null ? null : ValueText.of(value, columns.get(i).shape()));
    }
    return texts;
  }
}
