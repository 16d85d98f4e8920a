package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import java.io.IOException;
import java.util.UUID;

/**
 * Lines of the files that a batch writes. A line's id tells the number of the request that it
 * answers: that is how a batch that goes on knows what is done.
 */
record AnswerLines(String batch) {
  private static final ObjectMapper JSON = new ObjectMapper();

  ObjectNode answer(RequestLine request, ObjectNode body) {
    ObjectNode line = line(request);
    response(line, 200, body);
    return line.putNull("error");
  }

  ObjectNode refusal(RequestLine request, ApiException e) {
    ObjectNode line = line(request);
    response(line, e.status(), e.json());
    return line.putNull("error");
  }

  /** A request that never ran. */
  ObjectNode givenUp(RequestLine request, String code, String message) {
    ObjectNode line = line(request).putNull("response");
    line.putObject("error").put("code", code).put("message", message);
    return line;
  }

  /** The number of the request that a line answers; 0 where it is no line of this batch's. */
  int number(byte[] line) {
    try {
      JsonNode id = JSON.readTree(line).path("id");
      String prefix = prefix();
      return id.isTextual() && id.textValue().startsWith(prefix)
          ? Integer.parseInt(id.textValue().substring(prefix.length()))
          : 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private String prefix() {
    return "batch_req_" + batch.substring(batch.indexOf('_') + 1) + "_";
  }

  private ObjectNode line(RequestLine request) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", prefix() + request.number())
        .put("custom_id", request.customId());
  }

  private static void response(ObjectNode line, int status, ObjectNode body) {
    line.putObject("response")
        .put("status_code", status)
        .put("request_id", "req_" + UUID.randomUUID())
        .set("body", body);
  }
}
