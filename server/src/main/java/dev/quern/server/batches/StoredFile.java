package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A file that the server keeps.
 *
 * @param owner of {@link dev.quern.server.http.Caller}
 * @param created seconds since 1970
 * @param purpose {@code batch} for what batches read, {@code batch_output} for what they write
 */
record StoredFile(
    String id, String owner, long bytes, long created, String filename, String purpose) {

  static StoredFile of(JsonNode record) {
    return new StoredFile(
        record.path("id").asText(),
        record.path("owner").asText(),
        record.path("bytes").asLong(),
        record.path("created_at").asLong(),
        record.path("filename").asText(),
        record.path("purpose").asText());
  }

  /** OpenAI's file object. */
  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", "file")
        .put("bytes", bytes)
        .put("created_at", created)
        .put("filename", filename)
        .put("purpose", purpose)
        .put("status", "processed");
  }

  /** What stands on disk: the object and its owner. */
  ObjectNode record() {
    return json().put("owner", owner);
  }
}
