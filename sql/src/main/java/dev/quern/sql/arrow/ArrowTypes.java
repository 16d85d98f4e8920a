package dev.quern.sql.arrow;

import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.SqlTypeName;

/** The SQL type of an Arrow field. Unsigned integers take the next wider signed type. */
public final class ArrowTypes {
  /** Digits after the second that SQL keeps: milliseconds. */
  private static final int MILLIS = 3;

  private ArrowTypes() {}

  /** One column a field; every column may be NULL, as files promise little. */
  public static RelDataType rowType(Schema schema, RelDataTypeFactory types) {
    var builder = types.builder();
    schema.getFields().forEach(field -> builder.add(field.getName(), type(field, types)));
    return builder.build();
  }

  private static RelDataType type(Field field, RelDataTypeFactory types) {
    return types.createTypeWithNullability(bare(field, types), true);
  }

  private static RelDataType bare(Field field, RelDataTypeFactory types) {
    List<Field> children = field.getChildren();
    return switch (field.getType()) {
      case ArrowType.Null n -> types.createSqlType(SqlTypeName.VARCHAR);
      case ArrowType.Bool b -> types.createSqlType(SqlTypeName.BOOLEAN);
      case ArrowType.Int i -> integer(i, types);
      case ArrowType.FloatingPoint f ->
          types.createSqlType(
              f.getPrecision() == FloatingPointPrecision.DOUBLE
                  ? SqlTypeName.DOUBLE
                  : SqlTypeName.REAL);
      case ArrowType.Decimal d ->
          types.createSqlType(SqlTypeName.DECIMAL, d.getPrecision(), d.getScale());
      case ArrowType.Utf8 u -> types.createSqlType(SqlTypeName.VARCHAR);
      case ArrowType.LargeUtf8 u -> types.createSqlType(SqlTypeName.VARCHAR);
      case ArrowType.Utf8View u -> types.createSqlType(SqlTypeName.VARCHAR);
      case ArrowType.Binary b -> types.createSqlType(SqlTypeName.VARBINARY);
      case ArrowType.LargeBinary b -> types.createSqlType(SqlTypeName.VARBINARY);
      case ArrowType.BinaryView b -> types.createSqlType(SqlTypeName.VARBINARY);
      case ArrowType.FixedSizeBinary b -> types.createSqlType(SqlTypeName.VARBINARY);
      case ArrowType.Date d -> types.createSqlType(SqlTypeName.DATE);
      case ArrowType.Time t -> types.createSqlType(SqlTypeName.TIME, MILLIS);
      case ArrowType.Timestamp t -> types.createSqlType(SqlTypeName.TIMESTAMP, MILLIS);
      case ArrowType.List l -> types.createArrayType(type(children.getFirst(), types), -1);
      case ArrowType.LargeList l -> types.createArrayType(type(children.getFirst(), types), -1);
      case ArrowType.FixedSizeList l -> types.createArrayType(type(children.getFirst(), types), -1);
      case ArrowType.Struct s -> struct(children, types);
      case ArrowType.Map m -> map(children.getFirst().getChildren(), types);
      case ArrowType other -> types.createSqlType(SqlTypeName.VARCHAR);
    };
  }

  private static RelDataType integer(ArrowType.Int type, RelDataTypeFactory types) {
    int bits = type.getIsSigned() ? type.getBitWidth() : type.getBitWidth() * 2;
    return switch (bits) {
      case 8 -> types.createSqlType(SqlTypeName.TINYINT);
      case 16 -> types.createSqlType(SqlTypeName.SMALLINT);
      case 32 -> types.createSqlType(SqlTypeName.INTEGER);
      case 64 -> types.createSqlType(SqlTypeName.BIGINT);
      default -> types.createSqlType(SqlTypeName.DECIMAL, 20, 0);
    };
  }

  private static RelDataType struct(List<Field> children, RelDataTypeFactory types) {
    var builder = types.builder();
    children.forEach(child -> builder.add(child.getName(), type(child, types)));
    return builder.build();
  }

  private static RelDataType map(List<Field> entry, RelDataTypeFactory types) {
    return types.createMapType(type(entry.get(0), types), type(entry.get(1), types));
  }
}
