package dev.quern.server.flight;

import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.List;
import java.util.Optional;

/**
 * The types of SQL as JDBC and ODBC describe them.
 *
 * @param code of {@link Types}
 * @param size digits, characters or bytes
 * @param parameters of {@code CREATE}, such as a length
 */
record TypeInformation(
    String name, int code, int size, String prefix, String suffix, List<String> parameters) {

  private static final int TEXT = Integer.MAX_VALUE;

  private static final List<TypeInformation> ALL =
      List.of(
          number("TINYINT", Types.TINYINT, 3),
          number("BIGINT", Types.BIGINT, 19),
          text("VARBINARY", Types.VARBINARY, "X'"),
          text("BINARY", Types.BINARY, "X'"),
          text("CHAR", Types.CHAR, "'"),
          new TypeInformation(
              "DECIMAL", Types.DECIMAL, 38, null, null, List.of("precision", "scale")),
          number("INTEGER", Types.INTEGER, 10),
          number("SMALLINT", Types.SMALLINT, 5),
          number("FLOAT", Types.FLOAT, 15),
          number("REAL", Types.REAL, 7),
          number("DOUBLE", Types.DOUBLE, 15),
          text("VARCHAR", Types.VARCHAR, "'"),
          number("BOOLEAN", Types.BOOLEAN, 1),
          new TypeInformation("DATE", Types.DATE, 10, "DATE '", "'", List.of()),
          new TypeInformation("TIME", Types.TIME, 12, "TIME '", "'", List.of("precision")),
          new TypeInformation(
              "TIMESTAMP", Types.TIMESTAMP, 23, "TIMESTAMP '", "'", List.of("precision")),
          new TypeInformation("ROW", Types.STRUCT, 0, "ROW(", ")", List.of()),
          new TypeInformation("ARRAY", Types.ARRAY, 0, "ARRAY[", "]", List.of()));

  private static TypeInformation number(String name, int code, int digits) {
    return new TypeInformation(name, code, digits, null, null, List.of());
  }

  private static TypeInformation text(String name, int code, String prefix) {
    return new TypeInformation(name, code, TEXT, prefix, "'", List.of("length"));
  }

  /**
   * Rows of Flight SQL's XDBC type information, by type code, as JDBC wants; of one code or all.
   */
  static List<Object[]> rows(Optional<Integer> code) {
    return ALL.stream()
        .filter(type -> code.isEmpty() || code.get() == type.code)
        .sorted((a, b) -> Integer.compare(a.code, b.code))
        .map(TypeInformation::row)
        .toList();
  }

  private Object[] row() {
    boolean isNumber = prefix == null && code != Types.BOOLEAN;
    boolean isText = code == Types.VARCHAR || code == Types.CHAR;
    int milliseconds = 3;
    boolean isTime = code == Types.TIME || code == Types.TIMESTAMP;
    return new Object[] {
      name,
      code,
      size,
      prefix,
      suffix,
      parameters.isEmpty() ? null : parameters,
      DatabaseMetaData.typeNullable,
      isText,
      code == Types.STRUCT || code == Types.ARRAY
          ? DatabaseMetaData.typePredNone
          : DatabaseMetaData.typeSearchable,
      isNumber ? false : null,
      false,
      false,
      name,
      code == Types.DECIMAL ? (Integer) 0 : null,
      code == Types.DECIMAL ? (Integer) size : isTime ? (Integer) milliseconds : null,
      code,
      null,
      isNumber ? 10 : null,
      null
    };
  }
}
