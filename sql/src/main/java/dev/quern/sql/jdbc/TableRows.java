package dev.quern.sql.jdbc;

import dev.quern.connectors.FileListing;
import dev.quern.sql.Session;
import dev.quern.sql.catalog.View;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.rel.type.RelDataType;

/**
 * Tables of a session as JDBC's metadata lists them: the files below the data root, and the views.
 */
record TableRows(Session session) {
  static final String FILE = "TABLE";
  static final String VIEW = "VIEW";

  private static final int MOST_FILES = 10_000;

  /**
   * Rows of {@link DatabaseMetaData#getTables}, in its order: by type, then by name.
   *
   * @param kinds types wanted; null for all
   */
  List<Object> tables(Meta.Pat name, List<String> kinds) {
    Predicate<String> wanted = NamePattern.matcher(name);
    List<Object> rows = new ArrayList<>();
    if (kinds == null || kinds.contains(FILE)) {
      for (String file : FileListing.of(session.files(), wanted, MOST_FILES)) {
        rows.add(table(file, FILE, null));
      }
    }
    if (kinds == null || kinds.contains(VIEW)) {
      for (View view : session.catalog().views()) {
        if (wanted.test(view.name())) {
          rows.add(table(view.name(), VIEW, view.sql()));
        }
      }
    }
    return rows;
  }

  private static Object[] table(String name, String type, String remarks) {
    return new Object[] {null, null, name, type, remarks, null, null, null, null, null};
  }

  /**
   * Rows of {@link DatabaseMetaData#getColumns}: of views by pattern, of a file by its name alone,
   * as the types of some files are known only when they have been read.
   */
  List<Object> columns(Meta.Pat table, Meta.Pat column) {
    Predicate<String> wanted = NamePattern.matcher(table);
    List<Object> rows = new ArrayList<>();
    String file = NamePattern.plain(table);
    session
        .fileColumns(file)
        .ifPresent(type -> rows.addAll(columns(file, type, NamePattern.matcher(column))));
    for (View view : session.catalog().views()) {
      if (wanted.test(view.name())) {
        rows.addAll(columns(view.name(), view.rowType(), NamePattern.matcher(column)));
      }
    }
    return rows;
  }

  private List<Object> columns(String table, RelDataType type, Predicate<String> wanted) {
    List<Object> rows = new ArrayList<>();
    for (ColumnMetaData column : ColumnTypes.columns(type, session.types())) {
      if (wanted.test(column.columnName)) {
        rows.add(row(table, column));
      }
    }
    return rows;
  }

  private static Object[] row(String table, ColumnMetaData column) {
    return new Object[] {
      null,
      null,
      table,
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
}
