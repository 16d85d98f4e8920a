package dev.quern.executor.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * JSON as Java values, which is what chat templates work on: null, Boolean, Long (BigInteger beyond
 * it), Double, String, List, and Map from String in the order written.
 */
public final class JsonValues {
  private static final int MAX_DEPTH = 200;

  private JsonValues() {}

  /** The value of a parsed JSON text. */
  public static Object of(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL, MISSING -> null;
      case BOOLEAN -> node.booleanValue();
      case STRING -> node.textValue();
      case NUMBER -> {
        if (!node.isIntegralNumber()) {
          yield node.doubleValue();
        }
        yield node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
      }
      case ARRAY -> {
        List<Object> list = new ArrayList<>(node.size());
        node.forEach(each -> list.add(of(each)));
        yield Collections.unmodifiableList(list);
      }
      case OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        node.forEachEntry((name, each) -> map.put(name, of(each)));
        yield Collections.unmodifiableMap(map);
      }
      case BINARY, POJO ->
          throw new IllegalArgumentException("a " + node.getNodeType() + " node is no JSON");
    };
  }

  /**
   * A copy that nobody can change.
   *
   * @param name of the value, for the error
   * @throws IllegalArgumentException when the value is no JSON, or nested too deeply
   */
  static Object copy(String name, Object value) {
    return mapped(name, value, text -> text, 0);
  }

  /** The same for a list. */
  static List<Object> copyList(String name, List<?> values) {
    List<Object> copy = new ArrayList<>(values.size());
    values.forEach(each -> copy.add(copy(name, each)));
    return Collections.unmodifiableList(copy);
  }

  /** The value with each of its strings replaced, keys too. */
  public static Object mapStrings(Object value, UnaryOperator<String> change) {
    return mapped("the value", value, change, 0);
  }

  private static Object mapped(String name, Object value, UnaryOperator<String> change, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          name + " is nested more than " + MAX_DEPTH + " levels deep; flatten it");
    }
    return switch (value) {
      case null -> null;
      case Boolean b -> b;
      case Long n -> n;
      case BigInteger n -> n;
      case Integer n -> n.longValue();
      case Double d -> d;
      case Float f -> f.doubleValue();
      case String text -> change.apply(text);
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(each -> copy.add(mapped(name, each, change, depth + 1)));
        yield Collections.unmodifiableList(copy);
      }
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, each) -> {
          if (!(key instanceof String text)) {
            throw new IllegalArgumentException(name + " has a key that is no string: " + key);
          }
          copy.put(change.apply(text), mapped(name, each, change, depth + 1));
        });
        yield Collections.unmodifiableMap(copy);
      }
      default ->
          throw new IllegalArgumentException(
              name
                  + " holds a "
                  + value.getClass().getSimpleName()
                  + ", which is no JSON value; give null, booleans, numbers, strings, lists, maps");
    };
  }
}
