package dev.quern.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of a JSON object, each asked for once; a field that is null counts as absent. What
 * nobody asked for is unknown.
 */
public final class JsonFields {
  private final ObjectNode object;
  private final Set<String> asked = new HashSet<>();

  public JsonFields(ObjectNode object) {
    this.object = object;
  }

  /** The field's value, or null. */
  public JsonNode get(String name) {
    asked.add(name);
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  public double number(String name, double otherwise) throws ApiException {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw wrongType(name, "a number", value);
    }
    return value.doubleValue();
  }

  /** A whole number that an int or, for seeds, a long holds. */
  public long whole(String name, long otherwise, long least, long most) throws ApiException {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrongType(name, "a whole number", value);
    }
    long number = value.longValue();
    if (number < least || number > most) {
      throw ApiException.badRequest(
          name, "'" + name + "' must be in [" + least + ", " + most + "] but is " + number);
    }
    return number;
  }

  public boolean bool(String name) throws ApiException {
    JsonNode value = get(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrongType(name, "true or false", value);
    }
    return value.booleanValue();
  }

  /** One string or an array of strings. */
  public List<String> strings(String name) throws ApiException {
    JsonNode value = get(name);
    if (value == null) {
      return List.of();
    }
    if (value.isTextual()) {
      return List.of(value.textValue());
    }
    List<String> strings = new ArrayList<>();
    if (!value.isArray()) {
      throw wrongType(name, "a string or an array of strings", value);
    }
    for (JsonNode element : value) {
      if (!element.isTextual()) {
        throw wrongType(name, "a string or an array of strings", value);
      }
      strings.add(element.textValue());
    }
    return strings;
  }

  /** Names of fields that are there and were not asked for. */
  public List<String> unknown() {
    List<String> unknown = new ArrayList<>();
    object.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(asked);
    return unknown;
  }

  public static ApiException wrongType(String name, String expected, JsonNode found) {
    return ApiException.badRequest(
        name,
        "'"
            + name
            + "' must be "
            + expected
            + " but is "
            + found.getNodeType().name().toLowerCase(java.util.Locale.ROOT));
  }
}
