package dev.quern.server.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Writes JDBC values as JSON of the same type; what JSON lacks becomes text. */
final class JsonValues {
  private JsonValues() {}

  static void write(JsonGenerator json, Object value, ValueShape shape)
      throws IOException, SQLException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean b -> json.writeBoolean(b);
      case BigDecimal d -> json.writeNumber(d);
      case BigInteger i -> json.writeNumber(i);
      case Double d -> writeDouble(json, d);
      case Float f -> writeFloat(json, f);
      case Number n -> json.writeNumber(n.longValue());
      case Timestamp t -> json.writeString(t.toLocalDateTime().toString());
      case byte[] bytes -> json.writeString(Base64.getEncoder().encodeToString(bytes));
      case Struct struct -> writeRow(json, Arrays.asList(struct.getAttributes()), shape);
      case Array array -> writeList(json, elements(array), element(shape));
      case Map<?, ?> map -> writeMap(json, map, shape);
      case List<?> list when shape instanceof ValueShape.Row -> writeRow(json, list, shape);
      case List<?> list -> writeList(json, list, element(shape));
      case Object[] list -> writeList(json, Arrays.asList(list), element(shape));
      default -> json.writeString(value.toString());
    }
  }

  /** NaN and the infinities are no JSON numbers. */
  private static void writeDouble(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.toString(value));
    }
  }

  private static void writeFloat(JsonGenerator json, float value) throws IOException {
    if (Float.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Float.toString(value));
    }
  }

  private static void writeRow(JsonGenerator json, List<?> values, ValueShape shape)
      throws IOException, SQLException {
    if (!(shape instanceof ValueShape.Row(var names, var fields))
        || names.size() != values.size()) {
      writeList(json, values, new ValueShape.Scalar());
      return;
    }
    json.writeStartObject();
    for (int i = 0; i < names.size(); i++) {
      json.writeFieldName(names.get(i));
      write(json, values.get(i), fields.get(i));
    }
    json.writeEndObject();
  }

  private static void writeList(JsonGenerator json, List<?> values, ValueShape element)
      throws IOException, SQLException {
    json.writeStartArray();
    for (Object value : values) {
      write(json, value, element);
    }
    json.writeEndArray();
  }

  private static void writeMap(JsonGenerator json, Map<?, ?> map, ValueShape shape)
      throws IOException, SQLException {
    ValueShape element =
        shape instanceof ValueShape.MapOf(var value) ? value : new ValueShape.Scalar();
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(String.valueOf(entry.getKey()));
      write(json, entry.getValue(), element);
    }
    json.writeEndObject();
  }

  private static ValueShape element(ValueShape shape) {
    return shape instanceof ValueShape.ListOf(var element) ? element : new ValueShape.Scalar();
  }

  /** Arrays of primitives come as such. */
  static List<?> elements(Array array) throws SQLException {
    return switch (array.getArray()) {
      case Object[] objects -> Arrays.asList(objects);
      case List<?> list -> list;
      case int[] ints -> Arrays.stream(ints).boxed().toList();
      case long[] longs -> Arrays.stream(longs).boxed().toList();
      case double[] doubles -> Arrays.stream(doubles).boxed().toList();
      case Object other -> boxed(other);
    };
  }

  private static List<Object> boxed(Object primitives) {
    Object[] values = new Object[java.lang.reflect.Array.getLength(primitives)];
    Arrays.setAll(values, i -> java.lang.reflect.Array.get(primitives, i));
    return Arrays.asList(values);
  }
}
