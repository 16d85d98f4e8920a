package dev.quern.sql.jdbc;

import dev.quern.sql.catalog.View;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.Meta;

/** Views of a session as JDBC's metadata lists them. Files are tables too, but none is listed. */
final class ViewRows {
  static final String TYPE = "VIEW";

  private ViewRows() {}

  /** Rows of {@link DatabaseMetaData#getTables}. */
  static List<Object> tables(List<View> views, Meta.Pat name) {
    Predicate<String> wanted = matcher(name);
    List<Object> rows = new ArrayList<>();
    for (View view : views) {
      if (wanted.test(view.name())) {
        rows.add(
            new Object[] {null, null, view.name(), TYPE, view.sql(), null, null, null, null, null});
      }
    }
    return rows;
  }

  /** Rows of {@link DatabaseMetaData#getColumns}. */
  static List<Object> columns(
      View view, List<ColumnMetaData> columns, Meta.Pat table, Meta.Pat name) {
    List<Object> rows = new ArrayList<>();
    if (!matcher(table).test(view.name())) {
      return rows;
    }
    Predicate<String> wanted = matcher(name);
    for (ColumnMetaData column : columns) {
      if (wanted.test(column.columnName)) {
        rows.add(row(view, column));
      }
    }
    return rows;
  }

  private static Object[] row(View view, ColumnMetaData column) {
    return new Object[] {
      null,
      null,
      view.name(),
      column.columnName,
      column.type.id,
      column.type.getName(),
      column.precision,
      null,
      column.scale,
      10,
      column.nullable,
      null,
      null,
      null,
      null,
      null,
      column.ordinal + 1,
      column.nullable == DatabaseMetaData.columnNoNulls ? "NO" : "YES",
      null,
      null,
      null,
      null,
      "NO",
      "NO"
    };
  }

  /** JDBC's patterns: % for any text, _ for a character, a backslash before either for itself. */
  private static Predicate<String> matcher(Meta.Pat pattern) {
    if (pattern.s == null) {
      return name -> true;
    }
    var regex = new StringBuilder();
    boolean escaped = false;
    for (int c : pattern.s.codePoints().toArray()) {
      if (!escaped && c == '\\') {
        escaped = true;
        continue;
      }
      regex.append(
          switch (c) {
            case '%' -> escaped ? "%" : ".*";
            case '_' -> escaped ? "_" : ".";
            default -> Pattern.quote(Character.toString(c));
          });
      escaped = false;
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
        .asMatchPredicate();
  }
}
