package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Why a batch failed before a line of it ran.
 *
 * @param code a short name that programs can test
 * @param parameter the line's field at fault; null where there is none
 * @param line from 1; 0 for an error of the whole file
 */
record LineError(String code, String message, String parameter, int line) {

  static LineError of(JsonNode json) {
    return new LineError(
        json.path("code").asText(),
        json.path("message").asText(),
        json.path("param").textValue(),
        json.path("line").asInt(0));
  }

  ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code)
            .put("message", message)
            .put("param", parameter);
    return line == 0 ? json.putNull("line") : json.put("line", line);
  }
}
