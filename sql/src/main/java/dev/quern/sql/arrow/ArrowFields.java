package dev.quern.sql.arrow;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.List;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** The Arrow field of a SQL type: {@link ArrowTypes} the other way round. */
public final class ArrowFields {
  private ArrowFields() {}

  /**
   * One field a column; all may be NULL, so that parts of a folder agree whatever query wrote them.
   *
   * @throws QueryException for a column whose type no file holds
   */
  public static Schema schema(RelDataType row) {
    return new Schema(
        row.getFieldList().stream()
            .map(column -> field(column.getName(), column.getType(), column.getName()))
            .toList());
  }

  private static Field field(String name, RelDataType type, String column) {
    return new Field(name, new FieldType(true, type(type, column), null), children(type, column));
  }

  private static ArrowType type(RelDataType type, String column) {
    return switch (type.getSqlTypeName()) {
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case TINYINT -> new ArrowType.Int(8, true);
      case SMALLINT -> new ArrowType.Int(16, true);
      case INTEGER -> new ArrowType.Int(32, true);
      case BIGINT -> new ArrowType.Int(64, true);
      case REAL -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case FLOAT, DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case DECIMAL -> new ArrowType.Decimal(type.getPrecision(), type.getScale(), 128);
      case CHAR, VARCHAR -> ArrowType.Utf8.INSTANCE;
      case BINARY, VARBINARY -> ArrowType.Binary.INSTANCE;
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case TIME -> new ArrowType.Time(TimeUnit.MILLISECOND, 32);
      case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.MILLISECOND, null);
      case ROW -> ArrowType.Struct.INSTANCE;
      case ARRAY, MULTISET -> ArrowType.List.INSTANCE;
      case MAP -> new ArrowType.Map(false);
      case NULL, ANY, UNKNOWN ->
          throw new QueryException(
              State.TYPE,
              "column \""
                  + column
                  + "\" has no type that a file could hold; give it one: CAST(.. AS VARCHAR)");
      default ->
          throw new QueryException(
              State.TYPE,
              "column \""
                  + column
                  + "\" is "
                  + type
                  + ", which files do not hold; write CAST(.. AS VARCHAR), or another type");
    };
  }

  private static List<Field> children(RelDataType type, String column) {
    return switch (type.getSqlTypeName()) {
      case ROW -> type.getFieldList().stream().map(child -> nested(child, column)).toList();
      case ARRAY, MULTISET -> List.of(field("element", type.getComponentType(), column));
      case MAP -> List.of(entries(type, column));
      default -> List.of();
    };
  }

  private static Field nested(RelDataTypeField child, String column) {
    return field(child.getName(), child.getType(), column + "." + child.getName());
  }

  private static Field entries(RelDataType map, String column) {
    Field key = field(MapVector.KEY_NAME, map.getKeyType(), column);
    Field value = field(MapVector.VALUE_NAME, map.getValueType(), column);
    return new Field(
        MapVector.DATA_VECTOR_NAME,
        new FieldType(false, ArrowType.Struct.INSTANCE, null),
        List.of(
            new Field(key.getName(), new FieldType(false, key.getType(), null), key.getChildren()),
            value));
  }
}
