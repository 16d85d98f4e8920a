package dev.quern.server.batches;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * One request of a batch's file.
 *
 * @param number the line's, from 1
 * @param customId the caller's name for it
 */
record RequestLine(int number, String customId, JsonNode body) {
  private static final int LONGEST_ID = 512;
  private static final Set<String> FIELDS = Set.of("custom_id", "method", "url", "body");
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  /** A line that is no request of the batch: the batch fails. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient LineError error;

    private Refused(String code, String message, String parameter, int line) {
      super(message);
      error = new LineError(code, message, parameter, line);
    }

    LineError error() {
      return error;
    }
  }

  /**
   * @param endpoint that of the batch, which the line's url must be
   */
  static RequestLine read(LineSource.Line line, String endpoint) throws Refused {
    int number = line.number();
    if (line.cut()) {
      String message = "This line is longer than " + line.bytes().length + " bytes, the most.";
      throw new Refused("invalid_json_line", message, null, number);
    }
    ObjectNode json = object(line);
    String id = text(json, "custom_id", number);
    if (id.isEmpty() || id.length() > LONGEST_ID) {
      String message = "'custom_id' must have 1 to " + LONGEST_ID + " characters.";
      throw new Refused("invalid_request", message, "custom_id", number);
    }
    String method = text(json, "method", number);
    if (!method.equals("POST")) {
      String message = "'method' must be POST but is '" + method + "'.";
      throw new Refused("invalid_method", message, "method", number);
    }
    String url = text(json, "url", number);
    if (!url.equals(endpoint)) {
      String message =
          "'url' must be the batch's endpoint, " + endpoint + ", but is '" + url + "'.";
      throw new Refused("url_mismatch", message, "url", number);
    }
    if (!json.path("body").isObject()) {
      throw missing("body", "an object", number);
    }
    var unknown = new TreeSet<String>();
    json.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty()) {
      String message = "Unknown field '" + unknown.first() + "'.";
      throw new Refused("unknown_parameter", message, unknown.first(), number);
    }
    return new RequestLine(number, id, json.path("body"));
  }

  private static ObjectNode object(LineSource.Line line) throws Refused {
    String reason = "it is no object";
    try {
      if (JSON.readTree(line.bytes()) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      reason = e.getOriginalMessage();
    } catch (IOException e) {
      reason = e.getMessage();
    }
    throw new Refused(
        "invalid_json_line",
        "This line is not parseable as a JSON object: " + reason,
        null,
        line.number());
  }

  private static String text(ObjectNode json, String name, int number) throws Refused {
    if (!json.path(name).isTextual()) {
      throw missing(name, "a string", number);
    }
    return json.path(name).textValue();
  }

  private static Refused missing(String name, String expected, int number) {
    return new Refused(
        "missing_required_parameter", "'" + name + "' must be " + expected + ".", name, number);
  }
}
