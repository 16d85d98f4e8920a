package dev.quern.sql.arrow;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.ParameterValues;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Values of parameters as clients send them: one column a parameter, of whatever fitting type. */
final class ArrowParameters {
  private static final long DAY_MILLIS = 86_400_000;

  private ArrowParameters() {}

  /**
   * The rows of a batch, each with one value a parameter.
   *
   * @param read told of each value
   * @throws QueryException where number or type of the values is not that of the parameters
   */
  static List<List<Object>> rows(
      RelDataType parameters, VectorSchemaRoot batch, Consumer<Object> read) {
    List<RelDataTypeField> fields = parameters.getFieldList();
    List<FieldVector> vectors = batch.getFieldVectors();
    if (vectors.size() != fields.size()) {
      throw new QueryException(
          State.DATA,
          "the statement has "
              + fields.size()
              + " parameters, but "
              + vectors.size()
              + " were sent");
    }
    List<List<Object>> rows = new ArrayList<>();
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        Object value = value(i + 1, fields.get(i).getType(), vectors.get(i), row);
        read.accept(value);
        values.add(value);
      }
      rows.add(values);
    }
    return rows;
  }

  private static Object value(int number, RelDataType type, FieldVector vector, int row) {
    Object sent = ArrowValues.reader(vector).apply(row);
    if (sent == null) {
      return null;
    }
    ArrowType from = vector.getField().getType();
    try {
      Object value =
          switch (type.getSqlTypeName()) {
            case DATE -> date(sent, from);
            case TIME -> time(sent, from);
            case TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> timestamp(sent, from);
            case BOOLEAN -> sent instanceof Boolean ? sent : null;
            case TINYINT, SMALLINT, INTEGER, BIGINT, REAL, FLOAT, DOUBLE, DECIMAL ->
                isNumber(from) ? ParameterValues.of(type, sent) : null;
            case CHAR, VARCHAR -> text(sent, from);
            default -> ParameterValues.of(type, sent);
          };
      if (value != null) {
        return value;
      }
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
      throw new QueryException(
          State.DATA, "parameter " + number + " is " + type + ": " + e.getMessage(), e);
    }
    throw new QueryException(
        State.TYPE, "parameter " + number + " is " + type + ", but " + from + " was sent");
  }

  private static boolean isNumber(ArrowType type) {
    return type instanceof ArrowType.Int
        || type instanceof ArrowType.FloatingPoint
        || type instanceof ArrowType.Decimal
        || type instanceof ArrowType.Bool
        || isText(type);
  }

  private static boolean isText(ArrowType type) {
    return type instanceof ArrowType.Utf8
        || type instanceof ArrowType.LargeUtf8
        || type instanceof ArrowType.Utf8View;
  }

  private static Object date(Object sent, ArrowType from) {
    return switch (from) {
      case ArrowType.Date d -> sent;
      case ArrowType.Timestamp t -> Math.toIntExact(Math.floorDiv((Long) sent, DAY_MILLIS));
      case ArrowType other when isText(other) ->
          Math.toIntExact(LocalDate.parse(sent.toString().strip()).toEpochDay());
      case ArrowType other -> null;
    };
  }

  private static Object time(Object sent, ArrowType from) {
    return switch (from) {
      case ArrowType.Time t -> sent;
      case ArrowType other when isText(other) ->
          (int) (LocalTime.parse(sent.toString().strip()).toNanoOfDay() / 1_000_000);
      case ArrowType other -> null;
    };
  }

  private static Object timestamp(Object sent, ArrowType from) {
    return switch (from) {
      case ArrowType.Timestamp t -> sent;
      case ArrowType.Date d -> ((Number) sent).longValue() * DAY_MILLIS;
      case ArrowType other when isText(other) ->
          LocalDateTime.parse(sent.toString().strip().replace(' ', 'T'))
              .toInstant(ZoneOffset.UTC)
              .toEpochMilli();
      case ArrowType other -> null;
    };
  }

  /** Times as SQL writes them, and not as numbers. */
  private static Object text(Object sent, ArrowType from) {
    return switch (from) {
      case ArrowType.Date d -> LocalDate.ofEpochDay(((Number) sent).longValue()).toString();
      case ArrowType.Time t ->
          LocalTime.ofNanoOfDay(((Number) sent).longValue() * 1_000_000).toString();
      case ArrowType.Timestamp t ->
          LocalDateTime.ofEpochSecond(
                  Math.floorDiv((Long) sent, 1000L),
                  (int) Math.floorMod((Long) sent, 1000L) * 1_000_000,
                  ZoneOffset.UTC)
              .toString()
              .replace('T', ' ');
      case ArrowType other -> sent.toString();
    };
  }
}
