package dev.quern.sql.arrow;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeStampMilliTZVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.calcite.avatica.util.ByteString;

/**
 * Writes values in Calcite's internal representation (see {@link ArrowValues}) into vectors of the
 * types that {@link ArrowFields} gives.
 */
final class ArrowWriters {
  private ArrowWriters() {}

  /** Puts the value of a row, null for NULL, behind the rows before it. */
  interface Writer {
    void write(int row, Object value);
  }

  /**
   * @param column what messages call the vector's column
   */
  static Writer of(FieldVector vector, String column) {
    Writer values = values(vector, column);
    return (row, value) -> {
      if (value == null) {
        setNull(vector, row);
      } else {
        values.write(row, value);
      }
    };
  }

  /** New vectors are NULL everywhere; nested ones must hear of it, as they count their children. */
  private static void setNull(FieldVector vector, int row) {
    switch (vector) {
      case ListVector list -> list.setNull(row);
      case StructVector struct -> struct.setNull(row);
      default -> vector.setNull(row);
    }
  }

  private static Writer values(FieldVector vector, String column) {
    return switch (vector) {
      case BitVector v -> (row, value) -> v.setSafe(row, (Boolean) value ? 1 : 0);
      case TinyIntVector v -> (row, value) -> v.setSafe(row, ((Number) value).byteValue());
      case SmallIntVector v -> (row, value) -> v.setSafe(row, ((Number) value).shortValue());
      case IntVector v -> (row, value) -> v.setSafe(row, ((Number) value).intValue());
      case BigIntVector v -> (row, value) -> v.setSafe(row, ((Number) value).longValue());
      case Float4Vector v -> (row, value) -> v.setSafe(row, ((Number) value).floatValue());
      case Float8Vector v -> (row, value) -> v.setSafe(row, ((Number) value).doubleValue());
      case DecimalVector v -> (row, value) -> v.setSafe(row, decimal(v, value, column));
      case VarCharVector v ->
          (row, value) -> v.setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector v -> (row, value) -> v.setSafe(row, bytes(value));
      case DateDayVector v -> (row, value) -> v.setSafe(row, ((Number) value).intValue());
      case TimeMilliVector v -> (row, value) -> v.setSafe(row, ((Number) value).intValue());
      case TimeStampMilliVector v -> (row, value) -> v.setSafe(row, ((Number) value).longValue());
      case TimeStampMilliTZVector v -> (row, value) -> v.setSafe(row, ((Number) value).longValue());
      case DurationVector v -> (row, value) -> v.setSafe(row, ((Number) value).longValue());
      case IntervalMonthDayNanoVector v ->
          (row, value) -> v.setSafe(row, ((Number) value).intValue(), 0, 0L);
      case MapVector v -> map(v, column);
      case ListVector v -> list(v, column);
      case StructVector v -> struct(v, column);
      default ->
          throw new IllegalArgumentException("no column has vectors of " + vector.getField());
    };
  }

  private static BigDecimal decimal(DecimalVector vector, Object value, String column) {
    BigDecimal exact = value instanceof BigDecimal d ? d : new BigDecimal(value.toString());
    BigDecimal scaled = exact.setScale(vector.getScale(), RoundingMode.HALF_UP);
    if (scaled.precision() > vector.getPrecision()) {
      throw new QueryException(
          State.OUT_OF_RANGE,
          "column \""
              + column
              + "\" is DECIMAL("
              + vector.getPrecision()
              + ", "
              + vector.getScale()
              + "), which cannot hold "
              + exact
              + "; cast it to a wider type");
    }
    return scaled;
  }

  private static byte[] bytes(Object value) {
    return value instanceof ByteString bytes ? bytes.getBytes() : (byte[]) value;
  }

  private static Writer list(ListVector vector, String column) {
    Writer items = of(vector.getDataVector(), column);
    return (row, value) -> {
      List<?> list = (List<?>) value;
      int start = vector.startNewValue(row);
      for (int i = 0; i < list.size(); i++) {
        items.write(start + i, list.get(i));
      }
      vector.endValue(row, list.size());
    };
  }

  private static Writer map(MapVector vector, String column) {
    StructVector entries = (StructVector) vector.getDataVector();
    Writer keys = of(entries.getChildrenFromFields().get(0), column);
    Writer values = of(entries.getChildrenFromFields().get(1), column);
    return (row, value) -> {
      Map<?, ?> map = (Map<?, ?>) value;
      int start = vector.startNewValue(row);
      int entry = start;
      for (Map.Entry<?, ?> pair : map.entrySet()) {
        if (pair.getKey() == null) {
          throw new QueryException(
              State.DATA,
              "column \"" + column + "\" has a MAP with the key NULL, which no file holds");
        }
        entries.setIndexDefined(entry);
        keys.write(entry, pair.getKey());
        values.write(entry, pair.getValue());
        entry++;
      }
      vector.endValue(row, entry - start);
    };
  }

  private static Writer struct(StructVector vector, String column) {
    List<Writer> fields =
        vector.getChildrenFromFields().stream()
            .map(child -> of(child, column + "." + child.getName()))
            .toList();
    return (row, value) -> {
      List<?> values = value instanceof Object[] array ? Arrays.asList(array) : (List<?>) value;
      vector.setIndexDefined(row);
      for (int i = 0; i < fields.size(); i++) {
        fields.get(i).write(row, values.get(i));
      }
    };
  }
}
