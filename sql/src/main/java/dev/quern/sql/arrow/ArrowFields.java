package dev.quern.sql.arrow;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.Session;
import dev.quern.sql.catalog.View;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
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

  /** Who takes the values. */
  private enum Taker {
    FILE,
    CLIENT
  }

  /** The columns of a view, or of a file, as a client gets them; empty where there is no such. */
  public static Optional<Schema> ofTable(Session session, String table) {
    return session
        .catalog()
        .view(table)
        .map(View::rowType)
        .or(() -> session.fileColumns(table))
        .map(ArrowFields::result);
  }

  /**
   * The columns of a result as a client gets them: as in files, and where these hold no such type,
   * texts for columns without a type, months (MonthDayNano) and milliseconds (Duration) for
   * intervals, milliseconds with a zone for instants.
   *
   * @throws QueryException for a column whose type Arrow has not
   */
  static Schema result(RelDataType row) {
    return schema(row, Taker.CLIENT);
  }

  /**
   * One field a column; all may be NULL, so that parts of a folder agree whatever query wrote them.
   *
   * @throws QueryException for a column whose type no file holds
   */
  public static Schema schema(RelDataType row) {
    return schema(row, Taker.FILE);
  }

  private static Schema schema(RelDataType row, Taker taker) {
    return new Schema(
        row.getFieldList().stream()
            .map(column -> field(column.getName(), column.getType(), column.getName(), taker))
            .toList());
  }

  private static Field field(String name, RelDataType type, String column, Taker taker) {
    ArrowType arrow = taker == Taker.CLIENT ? client(type, column) : type(type, column);
    return new Field(name, new FieldType(true, arrow, null), children(type, column, taker));
  }

  /** Types that clients take and files do not hold. */
  private static ArrowType client(RelDataType type, String column) {
    return switch (type.getSqlTypeName()) {
      case NULL, ANY, UNKNOWN -> ArrowType.Utf8.INSTANCE;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC");
      case INTERVAL_YEAR, INTERVAL_YEAR_MONTH, INTERVAL_MONTH ->
          new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO);
      case INTERVAL_DAY,
          INTERVAL_DAY_HOUR,
          INTERVAL_DAY_MINUTE,
          INTERVAL_DAY_SECOND,
          INTERVAL_HOUR,
          INTERVAL_HOUR_MINUTE,
          INTERVAL_HOUR_SECOND,
          INTERVAL_MINUTE,
          INTERVAL_MINUTE_SECOND,
          INTERVAL_SECOND ->
          new ArrowType.Duration(TimeUnit.MILLISECOND);
      default -> type(type, column);
    };
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

  private static List<Field> children(RelDataType type, String column, Taker taker) {
    return switch (type.getSqlTypeName()) {
      case ROW -> type.getFieldList().stream().map(child -> nested(child, column, taker)).toList();
      case ARRAY, MULTISET -> List.of(field("element", type.getComponentType(), column, taker));
      case MAP -> List.of(entries(type, column, taker));
      default -> List.of();
    };
  }

  private static Field nested(RelDataTypeField child, String column, Taker taker) {
    return field(child.getName(), child.getType(), column + "." + child.getName(), taker);
  }

  private static Field entries(RelDataType map, String column, Taker taker) {
    Field key = field(MapVector.KEY_NAME, map.getKeyType(), column, taker);
    Field value = field(MapVector.VALUE_NAME, map.getValueType(), column, taker);
    return new Field(
        MapVector.DATA_VECTOR_NAME,
        new FieldType(false, ArrowType.Struct.INSTANCE, null),
        List.of(
            new Field(key.getName(), new FieldType(false, key.getType(), null), key.getChildren()),
            value));
  }
}
