package dev.quern.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Collects a request's body within the limits of size and time. All in its event loop. */
final class BodyReader {
  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpLimits limits;
  private final Buffer body = Buffer.buffer();
  private boolean ended;

  BodyReader(Vertx vertx, HttpServerRequest request, HttpLimits limits) {
    this.vertx = vertx;
    this.request = request;
    this.limits = limits;
  }

  /**
   * @param whole receives the body
   * @param refused receives why there is none; one of the two is called, unless the client goes
   */
  void read(Consumer<byte[]> whole, Consumer<ApiException> refused) {
    if (announced(request) > limits.bodyBytes()) {
      end();
      refused.accept(tooLarge());
      return;
    }
    long timer =
        vertx.setTimer(
            limits.requestTime().toMillis(),
            _ -> {
              if (end()) {
                refused.accept(tooSlow());
              }
            });
    request.handler(part -> {
      if (!ended && body.length() + part.length() > limits.bodyBytes()) {
        end();
        vertx.cancelTimer(timer);
        refused.accept(tooLarge());
      } else if (!ended) {
        body.appendBuffer(part);
      }
    });
    request.exceptionHandler(_ -> {
      end();
      vertx.cancelTimer(timer);
    });
    request.endHandler(_ -> {
      vertx.cancelTimer(timer);
      if (end()) {
        whole.accept(body.getBytes());
      }
    });
  }

  /** True the first time. */
  private boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** The length that the client says, 0 where it says none. */
  static long announced(HttpServerRequest request) {
    try {
      String length = request.getHeader("Content-Length");
      return length == null ? 0 : Long.parseLong(length.strip());
    } catch (NumberFormatException e) {
      // The decoder refuses such a request.
      return 0;
    }
  }

  private ApiException tooLarge() {
    return new ApiException(
        413,
        "invalid_request_error",
        "the body is larger than " + limits.bodyBytes() + " bytes",
        null,
        "request_too_large");
  }

  private ApiException tooSlow() {
    return new ApiException(
        408,
        "invalid_request_error",
        "the body did not arrive within " + limits.requestTime().toSeconds() + " s",
        null,
        "request_timeout");
  }
}
