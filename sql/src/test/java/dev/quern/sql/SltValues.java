package dev.quern.sql;

import java.sql.Array;
import java.sql.SQLException;
import java.sql.Struct;
import java.util.HexFormat;
import java.util.StringJoiner;

/** Values as test files show them. */
final class SltValues {
  private SltValues() {}

  static String text(Object value) throws SQLException {
    if (value instanceof Struct struct) {
      return list(struct.getAttributes(), "(", ")");
    }
    if (value instanceof Array array) {
      return list((Object[]) array.getArray(), "[", "]");
    }
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> "0x" + HexFormat.of().formatHex(bytes);
      case String s when s.isEmpty() -> "(empty)";
      case Object other -> other.toString();
    };
  }

  private static String list(Object[] values, String open, String close) throws SQLException {
    var joiner = new StringJoiner(", ", open, close);
    for (Object value : values) {
      joiner.add(text(value));
    }
    return joiner.toString();
  }
}
