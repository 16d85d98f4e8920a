package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.server.http.ApiException;

/** An endpoint whose requests a batch may hold. */
public interface BatchEndpoint {
  /** Its path, such as {@code /v1/chat/completions}: what a batch and its lines name. */
  String path();

  /**
   * Reads the body of one line.
   *
   * @param priority of the rows to make
   * @throws ApiException what the endpoint would answer: it becomes the line's answer
   */
  BatchCall read(JsonNode body, int priority) throws ApiException;
}
