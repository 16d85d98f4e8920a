package dev.quern.server.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;

/** Answers what is no HTTP request. */
final class InvalidRequests {
  private InvalidRequests() {}

  static void answer(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    int status =
        switch (cause) {
          case TooLongHttpLineException _ -> 414;
          case TooLongHttpHeaderException _ -> 431;
          case null, default -> 400;
        };
    var error =
        new ApiException(
            status,
            "invalid_request_error",
            "this is no HTTP/1.1 request: " + (cause == null ? "malformed" : cause.getMessage()),
            null,
            null);
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Connection", "close")
        .end(error.json().toString())
        .onComplete(_ -> request.connection().close());
  }
}
