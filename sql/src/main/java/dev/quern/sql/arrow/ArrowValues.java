package dev.quern.sql.arrow;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.calcite.avatica.util.ByteString;

/**
 * Reads values of Arrow vectors in Calcite's internal representation: DATE as days, TIME and
 * TIMESTAMP as milliseconds (UTC), ROW as Object[], ARRAY as List, MAP as Map, binary as
 * ByteString.
 */
final class ArrowValues {
  private ArrowValues() {}

  /** Gives the value of a row; null where it is NULL. */
  static IntFunction<Object> reader(FieldVector vector) {
    IntFunction<Object> values = values(vector);
    return row -> vector.isNull(row) ? null : values.apply(row);
  }

  private static IntFunction<Object> values(FieldVector vector) {
    return switch (vector) {
      case BitVector v -> row -> v.get(row) != 0;
      case TinyIntVector v -> v::get;
      case SmallIntVector v -> v::get;
      case IntVector v -> v::get;
      case BigIntVector v -> v::get;
      case UInt1Vector v -> row -> (short) (v.get(row) & 0xff);
      case UInt2Vector v -> row -> (int) v.get(row);
      case UInt4Vector v -> row -> Integer.toUnsignedLong(v.get(row));
      case UInt8Vector v -> row -> new BigDecimal(Long.toUnsignedString(v.get(row)));
      case Float2Vector v -> v::getValueAsFloat;
      case Float4Vector v -> v::get;
      case Float8Vector v -> v::get;
      case VarCharVector v -> row -> new String(v.get(row), StandardCharsets.UTF_8);
      case VarBinaryVector v -> row -> new ByteString(v.get(row));
      case DateDayVector v -> v::get;
      case DateMilliVector v ->
          row -> (int) Math.floorDiv(v.get(row), Duration.ofDays(1).toMillis());
      case TimeSecVector v -> row -> v.get(row) * 1000;
      case TimeMilliVector v -> v::get;
      case TimeMicroVector v -> row -> (int) (v.get(row) / 1000);
      case TimeNanoVector v -> row -> (int) (v.get(row) / 1_000_000);
      case TimeStampVector v -> timestamp(v);
      case MapVector v -> map(v);
      case BaseListVector v -> list(v);
      case StructVector v -> struct(v);
      case FieldVector v -> row -> plain(v.getObject(row));
    };
  }

  private static IntFunction<Object> timestamp(TimeStampVector vector) {
    TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
    return switch (unit) {
      case SECOND -> row -> vector.get(row) * 1000;
      case MILLISECOND -> vector::get;
      case MICROSECOND -> row -> Math.floorDiv(vector.get(row), 1000L);
      case NANOSECOND -> row -> Math.floorDiv(vector.get(row), 1_000_000L);
    };
  }

  private static IntFunction<Object> list(BaseListVector vector) {
    IntFunction<Object> items = reader(vector.getChildrenFromFields().getFirst());
    return row -> {
      int end = vector.getElementEndIndex(row);
      List<Object> list = new ArrayList<>();
      for (int i = vector.getElementStartIndex(row); i < end; i++) {
        list.add(items.apply(i));
      }
      return list;
    };
  }

  private static IntFunction<Object> map(MapVector vector) {
    StructVector entries = (StructVector) vector.getDataVector();
    IntFunction<Object> keys = reader(entries.getChildrenFromFields().get(0));
    IntFunction<Object> values = reader(entries.getChildrenFromFields().get(1));
    return row -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
        map.put(keys.apply(i), values.apply(i));
      }
      return map;
    };
  }

  private static IntFunction<Object> struct(StructVector vector) {
    List<IntFunction<Object>> fields =
        vector.getChildrenFromFields().stream().map(ArrowValues::reader).toList();
    return row -> fields.stream().map(field -> field.apply(row)).toArray();
  }

  /** Values of the vectors that are read as objects. */
  private static Object plain(Object value) {
    return switch (value) {
      case null -> null;
      case BigDecimal decimal -> decimal;
      case byte[] bytes -> new ByteString(bytes);
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC).toEpochMilli();
      case Object other -> other.toString();
    };
  }
}
