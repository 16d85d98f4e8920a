package dev.quern.sql.jdbc;

import java.sql.DatabaseMetaData;
import java.util.Comparator;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.sql.type.SqlTypeName;

/** Types that columns of results can have. */
final class TypeRows {
  private static final List<SqlTypeName> TYPES =
      List.of(
          SqlTypeName.BOOLEAN,
          SqlTypeName.TINYINT,
          SqlTypeName.SMALLINT,
          SqlTypeName.INTEGER,
          SqlTypeName.BIGINT,
          SqlTypeName.REAL,
          SqlTypeName.FLOAT,
          SqlTypeName.DOUBLE,
          SqlTypeName.DECIMAL,
          SqlTypeName.CHAR,
          SqlTypeName.VARCHAR,
          SqlTypeName.BINARY,
          SqlTypeName.VARBINARY,
          SqlTypeName.DATE,
          SqlTypeName.TIME,
          SqlTypeName.TIMESTAMP,
          SqlTypeName.ARRAY,
          SqlTypeName.MULTISET,
          SqlTypeName.MAP,
          SqlTypeName.ROW);

  private TypeRows() {}

  /** Rows of {@link DatabaseMetaData#getTypeInfo}, in its order: by number of the JDBC type. */
  static List<Object> rows(RelDataTypeSystem system) {
    return TYPES.stream()
        .sorted(Comparator.comparingInt(SqlTypeName::getJdbcOrdinal))
        .map(type -> (Object) row(type, system))
        .toList();
  }

  private static Object[] row(SqlTypeName type, RelDataTypeSystem system) {
    int precision = system.getMaxPrecision(type);
    boolean exact = SqlTypeName.EXACT_TYPES.contains(type);
    boolean text = SqlTypeName.CHAR_TYPES.contains(type);
    return new Object[] {
      type.getName(),
      type.getJdbcOrdinal(),
      precision == RelDataType.PRECISION_NOT_SPECIFIED ? null : precision,
      system.getLiteral(type, true),
      system.getLiteral(type, false),
      parameters(type),
      (short) DatabaseMetaData.typeNullable,
      text && system.isCaseSensitive(type),
      (short) (text ? DatabaseMetaData.typeSearchable : DatabaseMetaData.typePredBasic),
      false,
      false,
      false,
      null,
      exact ? (short) 0 : null,
      exact ? (short) (type == SqlTypeName.DECIMAL ? system.getMaxScale(type) : 0) : null,
      null,
      null,
      SqlTypeName.NUMERIC_TYPES.contains(type) ? 10 : null
    };
  }

  private static String parameters(SqlTypeName type) {
    return switch (type) {
      case DECIMAL -> "precision, scale";
      case CHAR, VARCHAR, BINARY, VARBINARY -> "length";
      default -> null;
    };
  }
}
