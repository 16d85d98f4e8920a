package dev.quern.server.batches;

import dev.quern.server.http.ApiException;

/** The answer for what is not there, or is another caller's. */
final class NotFound {
  private NotFound() {}

  static ApiException of(String kind, String id) {
    return new ApiException(
        404, "invalid_request_error", "No " + kind + " found with id '" + id + "'", "id", null);
  }
}
