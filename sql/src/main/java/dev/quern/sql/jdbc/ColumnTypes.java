package dev.quern.sql.jdbc;

import java.lang.reflect.Type;
import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.avatica.AvaticaParameter;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.AvaticaType;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** JDBC's description of SQL types. */
final class ColumnTypes {
  private ColumnTypes() {}

  static List<ColumnMetaData> columns(RelDataType row, JavaTypeFactory types) {
    List<ColumnMetaData> columns = new ArrayList<>();
    for (RelDataTypeField field : row.getFieldList()) {
      columns.add(column(field, types));
    }
    return columns;
  }

  static List<AvaticaParameter> parameters(RelDataType row) {
    return row.getFieldList().stream()
        .map(field -> {
          RelDataType type = field.getType();
          return new AvaticaParameter(
              true,
              precision(type),
              scale(type),
              type.getSqlTypeName().getJdbcOrdinal(),
              type.getSqlTypeName().getName(),
              Object.class.getName(),
              field.getName());
        })
        .toList();
  }

  private static ColumnMetaData column(RelDataTypeField field, JavaTypeFactory types) {
    RelDataType type = field.getType();
    AvaticaType avatica = type(type, types);
    return new ColumnMetaData(
        field.getIndex(),
        false,
        true,
        false,
        false,
        type.isNullable() ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls,
        true,
        precision(type),
        field.getName(),
        field.getName(),
        "",
        precision(type),
        scale(type),
        "",
        "",
        avatica,
        true,
        false,
        false,
        avatica.columnClassName());
  }

  private static AvaticaType type(RelDataType type, JavaTypeFactory types) {
    RelDataType component = type.getComponentType();
    if (component != null) {
      Type element = types.getJavaClass(component);
      return ColumnMetaData.array(
          type(component, types), type.toString(), ColumnMetaData.Rep.of(element));
    }
    if (type.isStruct()) {
      return new RowType(type.toString(), columns(type, types));
    }
    int ordinal = type.getSqlTypeName().getJdbcOrdinal();
    return ColumnMetaData.scalar(
        ordinal == Types.NULL ? Types.VARCHAR : ordinal,
        name(type),
        ColumnMetaData.Rep.of(types.getJavaClass(type)));
  }

  /** The name of a type; those of nested ones tell what they hold. */
  static String name(RelDataType type) {
    return JdbcValues.isNested(type) ? type.toString() : type.getSqlTypeName().getName();
  }

  private static int precision(RelDataType type) {
    return Math.max(0, type.getPrecision());
  }

  private static int scale(RelDataType type) {
    return type.getScale() == RelDataType.SCALE_NOT_SPECIFIED ? 0 : type.getScale();
  }
}
