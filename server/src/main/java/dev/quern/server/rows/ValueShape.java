package dev.quern.server.rows;

import java.util.ArrayList;
import java.util.List;

/** What a column's values are made of: JDBC's own Struct does not know the names of its fields. */
sealed interface ValueShape {
  /** A value without parts, or one whose parts are not known. */
  record Scalar() implements ValueShape {}

  /** A row with named fields. */
  record Row(List<String> names, List<ValueShape> fields) implements ValueShape {
    public Row {
      names = List.copyOf(names);
      fields = List.copyOf(fields);
    }
  }

  record ListOf(ValueShape element) implements ValueShape {}

  record MapOf(ValueShape value) implements ValueShape {}

  /**
   * Reads a type name as Calcite writes it: {@code RecordType(VARCHAR text, INTEGER ARRAY ids)},
   * {@code (VARCHAR, INTEGER) MAP}.
   */
  static ValueShape parse(String typeName) {
    var reader = new Reader(typeName);
    ValueShape shape = reader.type();
    return reader.atEnd() ? shape : new Scalar();
  }

  /** Recursive descent over a type name. */
  final class Reader {
    private static final String RECORD = "RecordType(";

    private final String text;
    private int at;

    private Reader(String text) {
      this.text = text;
    }

    private ValueShape type() {
      ValueShape shape;
      if (text.startsWith(RECORD, at)) {
        at += RECORD.length();
        shape = row();
      } else if (text.startsWith("(", at)) {
        at++;
        type();
        skip(", ");
        shape = new MapOf(type());
        skip(")");
        skip(" MAP");
      } else {
        scalar();
        shape = new Scalar();
      }
      return suffixes(shape);
    }

    private ValueShape suffixes(ValueShape shape) {
      ValueShape suffixed = shape;
      while (true) {
        if (skip(" NOT NULL")) {
          continue;
        }
        // "INTEGER ARRAY" ends the type, "INTEGER ARRAY_SIZE" goes on with a field's name.
        if (isSuffix(" ARRAY") || isSuffix(" MULTISET")) {
          at += isSuffix(" ARRAY") ? " ARRAY".length() : " MULTISET".length();
          suffixed = new ListOf(suffixed);
        } else {
          return suffixed;
        }
      }
    }

    private boolean isSuffix(String suffix) {
      int end = at + suffix.length();
      return text.startsWith(suffix, at)
          && (end == text.length() || " ,)".indexOf(text.charAt(end)) >= 0);
    }

    private ValueShape row() {
      List<String> names = new ArrayList<>();
      List<ValueShape> fields = new ArrayList<>();
      while (!atEnd() && text.charAt(at) != ')') {
        fields.add(type());
        skip(" ");
        int end = at;
        while (end < text.length() && text.charAt(end) != ')' && !text.startsWith(", ", end)) {
          end++;
        }
        names.add(text.substring(at, end));
        at = end;
        skip(", ");
      }
      skip(")");
      return new Row(names, fields);
    }

    /** A word and its precision, such as {@code DECIMAL(10, 2)}. */
    private void scalar() {
      while (!atEnd() && " ,()".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      if (!atEnd() && text.charAt(at) == '(') {
        int close = text.indexOf(')', at);
        at = close < 0 ? text.length() : close + 1;
      }
    }

    private boolean skip(String expected) {
      if (text.startsWith(expected, at)) {
        at += expected.length();
        return true;
      }
      return false;
    }

    private boolean atEnd() {
      return at >= text.length();
    }
  }
}
