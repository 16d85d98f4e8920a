package dev.quern.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * What values a JSON field had. Values of one kind give its type; integers and reals give DOUBLE;
 * any other mixture, and numbers that BIGINT or DOUBLE cannot hold, give VARCHAR with the JSON text
 * of what is no text.
 */
final class JsonShape {
  private enum Kind {
    BOOLEAN,
    INTEGER,
    REAL,
    TEXT,
    OBJECT,
    ARRAY
  }

  private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
  private final Map<String, JsonShape> fields = new LinkedHashMap<>();
  private List<JsonShape> element = List.of();

  void add(JsonNode value) {
    switch (value.getNodeType()) {
      case NULL, MISSING -> {}
      case BOOLEAN -> kinds.add(Kind.BOOLEAN);
      case NUMBER -> kinds.add(number(value));
      case STRING, BINARY, POJO -> kinds.add(Kind.TEXT);
      case OBJECT -> {
        kinds.add(Kind.OBJECT);
        value
            .properties()
            .forEach(field ->
                fields.computeIfAbsent(field.getKey(), _ -> new JsonShape()).add(field.getValue()));
      }
      case ARRAY -> {
        kinds.add(Kind.ARRAY);
        if (element.isEmpty()) {
          element = List.of(new JsonShape());
        }
        value.forEach(element.getFirst()::add);
      }
    }
  }

  private static Kind number(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.canConvertToLong() ? Kind.INTEGER : Kind.TEXT;
    }
    return Double.isInfinite(value.doubleValue()) ? Kind.TEXT : Kind.REAL;
  }

  /** Fields in the order in which they came up. */
  List<Field> fields() {
    List<Field> all = new ArrayList<>();
    fields.forEach((name, shape) -> all.add(shape.field(name)));
    return all;
  }

  private Field field(String name) {
    if (kinds.equals(Set.of(Kind.OBJECT)) && !fields.isEmpty()) {
      return new Field(name, FieldType.nullable(ArrowType.Struct.INSTANCE), fields());
    }
    if (kinds.equals(Set.of(Kind.ARRAY))) {
      return new Field(
          name,
          FieldType.nullable(ArrowType.List.INSTANCE),
          List.of(element.getFirst().field("element")));
    }
    return new Field(name, FieldType.nullable(plain()), List.of());
  }

  private ArrowType plain() {
    if (kinds.equals(Set.of(Kind.BOOLEAN))) {
      return ArrowType.Bool.INSTANCE;
    }
    if (kinds.equals(Set.of(Kind.INTEGER))) {
      return new ArrowType.Int(64, true);
    }
    if (kinds.equals(Set.of(Kind.REAL)) || kinds.equals(Set.of(Kind.INTEGER, Kind.REAL))) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    }
    return ArrowType.Utf8.INSTANCE;
  }
}
