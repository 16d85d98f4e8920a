package dev.quern.sql.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * A small table with NULLs and duplicates.
 *
 * @param unique whether column id has neither
 * @param rows values in the order of the columns: Integer, String or null
 */
record TestTable(String name, boolean unique, List<Column> columns, List<Object[]> rows) {
  private static final Column ID = new Column("id", ValueType.NUMBER);
  private static final Column K = new Column("k", ValueType.NUMBER);
  private static final Column BODY = new Column("body", ValueType.TEXT);
  private static final Column TAG = new Column("tag", ValueType.TEXT);

  static final TestTable DOCS =
      new TestTable(
          "docs",
          true,
          List.of(ID, K, BODY, TAG),
          drawn(
              17,
              List.of("ox", "elephant", "cat", "a cat and an ox", "refuse me", "", "Sea  lion"),
              List.of("zoo", "farm", "sea")));
  static final TestTable NOTES =
      new TestTable(
          "notes",
          true,
          List.of(ID, K, BODY, TAG),
          drawn(11, List.of("ox", "yes", "no", "two words"), List.of("zoo", "sky")));
  static final TestTable TAGS =
      new TestTable(
          "tags",
          false,
          List.of(TAG, K),
          List.of(
              row("zoo", 1),
              row("farm", 2),
              row("zoo", 1),
              row("sky", null),
              row(null, 3),
              row(null, null)));
  static final TestTable NOTHING = new TestTable("nothing", false, List.of(ID, BODY), List.of());

  static final List<TestTable> FILLED = List.of(DOCS, DOCS, NOTES, NOTES, TAGS);
  static final List<TestTable> ALL = List.of(DOCS, NOTES, TAGS, NOTHING);

  private static Object[] row(Object... values) {
    return values;
  }

  private static List<Object[]> drawn(int count, List<String> bodies, List<String> tags) {
    var draw = new Draw(count);
    List<Object[]> rows = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      rows.add(
          row(
              i,
              draw.chance(20) ? null : draw.between(0, 4),
              draw.chance(15) ? null : draw.pick(bodies),
              draw.chance(20) ? null : draw.pick(tags)));
    }
    return rows;
  }

  List<Column> scope() {
    return columns;
  }

  /** A query that gives the rows, with types. */
  String values() {
    List<String> select = new ArrayList<>();
    for (Column column : columns) {
      select.add(
          "CAST("
              + column.sql()
              + (column.type() == ValueType.TEXT ? " AS VARCHAR)" : " AS INTEGER)")
              + " AS "
              + column.sql());
    }
    List<String> lines = new ArrayList<>();
    for (Object[] row : rows.isEmpty() ? oneOfNulls() : rows) {
      lines.add(line(row));
    }
    return "SELECT "
        + String.join(", ", select)
        + " FROM (VALUES "
        + String.join(", ", lines)
        + ") AS v("
        + String.join(", ", columns.stream().map(Column::sql).toList())
        + ")"
        + (rows.isEmpty() ? " WHERE FALSE" : "");
  }

  private List<Object[]> oneOfNulls() {
    return List.<Object[]>of(new Object[columns.size()]);
  }

  private String line(Object[] row) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < row.length; i++) {
      String type = columns.get(i).type() == ValueType.TEXT ? "VARCHAR" : "INTEGER";
      values.add(
          switch (row[i]) {
            case null -> "CAST(NULL AS " + type + ")";
            case String text -> "'" + text + "'";
            case Object number -> number.toString();
          });
    }
    return "(" + String.join(", ", values) + ")";
  }
}
