package dev.quern.sql.differential;

import java.util.List;

/**
 * An expression that a query may use.
 *
 * @param sql how it is written, qualified by its table
 */
record Column(String sql, ValueType type) {
  static List<Column> of(ValueType type, List<Column> columns) {
    return columns.stream().filter(column -> column.type() == type).toList();
  }

  /** The columns of a table under another name. */
  static List<Column> qualified(String alias, List<Column> columns) {
    return columns.stream().map(c -> new Column(alias + "." + c.sql(), c.type())).toList();
  }
}
