package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a caller gives to make a batch.
 *
 * @param metadata pairs of texts; null where there are none
 */
record CreateRequest(String inputFile, String endpoint, Duration window, JsonNode metadata) {
  private static final Pattern HOURS = Pattern.compile("([1-9][0-9]{0,2})h");
  private static final int MOST_HOURS = 336;
  private static final int MOST_PAIRS = 16;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_VALUE = 512;

  static CreateRequest read(byte[] body, Set<String> endpoints) throws ApiException {
    JsonFields fields = JsonFields.read(body);
    if (fields.get("output_expires_after") != null) {
      throw ApiException.unsupported("output_expires_after", "delete the files when done");
    }
    String inputFile = fields.text("input_file_id");
    String endpoint = fields.text("endpoint");
    if (!endpoints.contains(endpoint)) {
      throw ApiException.badRequest(
          "endpoint",
          "'endpoint' must be one of " + String.join(", ", endpoints) + " but is " + endpoint);
    }
    Duration window = window(fields.text("completion_window"));
    JsonNode metadata = metadata(fields.get("metadata"));
    fields.refuseUnknown();
    return new CreateRequest(inputFile, endpoint, window, metadata);
  }

  /** The part of a batch object that repeats what was given. */
  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("endpoint", endpoint)
        .put("input_file_id", inputFile)
        .put("completion_window", window.toHours() + "h")
        .set("metadata", metadata);
  }

  private static Duration window(String text) throws ApiException {
    Matcher hours = HOURS.matcher(text);
    if (!hours.matches() || Integer.parseInt(hours.group(1)) > MOST_HOURS) {
      throw ApiException.badRequest(
          "completion_window",
          "'completion_window' must be hours from 1h to "
              + MOST_HOURS
              + "h, such as 24h, but is "
              + text);
    }
    return Duration.ofHours(Integer.parseInt(hours.group(1)));
  }

  private static JsonNode metadata(JsonNode given) throws ApiException {
    if (given == null) {
      return null;
    }
    if (!given.isObject()) {
      throw JsonFields.wrongType("metadata", "an object", given);
    }
    boolean fits = given.size() <= MOST_PAIRS;
    for (var pair : given.properties()) {
      fits &=
          pair.getKey().length() <= LONGEST_KEY
              && pair.getValue().isTextual()
              && pair.getValue().textValue().length() <= LONGEST_VALUE;
    }
    if (!fits) {
      throw ApiException.badRequest(
          "metadata",
          "'metadata' must be at most 16 pairs of texts, names of at most 64 characters and values"
              + " of at most 512");
    }
    return given;
  }
}
