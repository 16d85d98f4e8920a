package dev.quern.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of a JSON object, each asked for once; a field that is null counts as absent. What
 * nobody asked for is unknown.
 */
public final class JsonFields {
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(200).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final ObjectNode object;
  private final Set<String> asked = new HashSet<>();

  public JsonFields(ObjectNode object) {
    this.object = object;
  }

  /**
   * The fields of a body that is one JSON object.
   *
   * @throws ApiException 400 that tells where the text is no JSON
   */
  public static JsonFields read(byte[] body) throws ApiException {
    try {
      if (JSON.readTree(body) instanceof ObjectNode object) {
        return new JsonFields(object);
      }
      throw ApiException.badRequest(null, "the body must be one JSON object");
    } catch (JsonProcessingException e) {
      var place = e.getLocation();
      throw ApiException.badRequest(
          null,
          "the body is no JSON: "
              + e.getOriginalMessage()
              + (place == null
                  ? ""
                  : " at line " + place.getLineNr() + ", column " + place.getColumnNr()));
    } catch (IOException e) {
      throw ApiException.badRequest(null, "the body is no UTF-8 JSON: " + e.getMessage());
    }
  }

  /** The field's value, or null. */
  public JsonNode get(String name) {
    asked.add(name);
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A string that must be there. */
  public String text(String name) throws ApiException {
    JsonNode value = get(name);
    if (value == null) {
      throw ApiException.badRequest(name, "'" + name + "' is missing");
    }
    if (!value.isTextual()) {
      throw wrongType(name, "a string", value);
    }
    return value.textValue();
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

  /** After all known fields were asked for: what is left is nobody's. */
  public void refuseUnknown() throws ApiException {
    if (!unknown().isEmpty()) {
      String name = unknown().getFirst();
      throw new ApiException(
          400, "invalid_request_error", "unknown field '" + name + "'", name, "unknown_parameter");
    }
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
