package dev.quern.sql.jdbc;

import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.avatica.util.StructImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Converts between Calcite's internal representation and JDBC's. */
final class JdbcValues {
  private JdbcValues() {}

  /** Whether values of the type hold other values. */
  static boolean isNested(RelDataType type) {
    return type.isStruct() || type.getComponentType() != null || type.getKeyType() != null;
  }

  /** A row whose nested values are converted; plain ones stay for Avatica's accessors. */
  static Object[] row(List<RelDataType> types, Object[] row) {
    Object[] result = row.clone();
    for (int i = 0; i < row.length; i++) {
      RelDataType type = types.get(i);
      if (isNested(type)) {
        result[i] = type.getComponentType() != null ? array(type, row[i]) : value(type, row[i]);
      }
    }
    return result;
  }

  /** Plain elements stay internal, as Avatica's array accessor converts them. */
  private static Object array(RelDataType type, Object value) {
    if (value == null) {
      return null;
    }
    RelDataType element = type.getComponentType();
    return switch (element.getSqlTypeName()) {
      case ARRAY, MULTISET, DATE, TIME, TIMESTAMP, BINARY, VARBINARY ->
          new QuernArray(elements(type, (List<?>) value), element);
      case ROW, MAP -> value(type, value);
      default -> value;
    };
  }

  private static Object[] elements(RelDataType type, List<?> list) {
    RelDataType element = type.getComponentType();
    return list.stream()
        .map(item ->
            item != null && element.getComponentType() != null
                ? elements(element, (List<?>) item)
                : value(element, item))
        .toArray();
  }

  private static Object value(RelDataType type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.getSqlTypeName()) {
      case ROW -> struct(type, value);
      case ARRAY, MULTISET -> {
        List<Object> list = new ArrayList<>();
        ((List<?>) value).forEach(item -> list.add(value(type.getComponentType(), item)));
        yield list;
      }
      case MAP -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach((k, v) -> map.put(value(type.getKeyType(), k), value(type.getValueType(), v)));
        yield map;
      }
      case DATE -> Date.valueOf(LocalDate.ofEpochDay(((Number) value).longValue()));
      case TIME -> Time.valueOf(LocalTime.ofNanoOfDay(((Number) value).longValue() * 1_000_000));
      case TIMESTAMP ->
          Timestamp.valueOf(
              LocalDateTime.ofEpochSecond(
                  Math.floorDiv(((Number) value).longValue(), 1000L),
                  Math.floorMod(((Number) value).longValue(), 1000) * 1_000_000,
                  ZoneOffset.UTC));
      case VARBINARY, BINARY -> value instanceof ByteString bytes ? bytes.getBytes() : value;
      default -> value;
    };
  }

  private static StructImpl struct(RelDataType type, Object value) {
    List<RelDataTypeField> fields = type.getFieldList();
    List<?> values = value instanceof Object[] array ? Arrays.asList(array) : (List<?>) value;
    List<Object> result = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      result.add(value(fields.get(i).getType(), values.get(i)));
    }
    return new StructImpl(result);
  }
}
