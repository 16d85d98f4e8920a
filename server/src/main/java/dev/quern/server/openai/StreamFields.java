package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;

/**
 * How an answer is sent.
 *
 * @param stream in pieces, as they come
 * @param includeUsage whether a stream ends with the counts
 */
record StreamFields(boolean stream, boolean includeUsage) {

  static StreamFields read(JsonFields fields) throws ApiException {
    boolean stream = fields.bool("stream");
    JsonNode options = fields.get("stream_options");
    if (options == null) {
      return new StreamFields(stream, false);
    }
    if (!stream) {
      throw ApiException.badRequest("stream_options", "'stream_options' needs \"stream\": true");
    }
    if (!(options instanceof ObjectNode object)) {
      throw JsonFields.wrongType("stream_options", "an object", options);
    }
    var inner = new JsonFields(object);
    boolean include = inner.bool("include_usage");
    // Of no use here: it pads pieces against listeners on the wire. TLS is for that.
    inner.bool("include_obfuscation");
    if (!inner.unknown().isEmpty()) {
      String name = "stream_options." + inner.unknown().getFirst();
      throw ApiException.unsupported(name, "leave it out");
    }
    return new StreamFields(true, include);
  }
}
