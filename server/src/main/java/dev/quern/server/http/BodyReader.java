package dev.quern.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Consumer;

/** Collects a request's body within limits of size and time. All in its event loop. */
final class BodyReader {
  private final Vertx vertx;
  private final HttpServerRequest request;
  private final int mostBytes;
  private final BodyBudget budget;
  private final Duration patience;
  private final Buffer body = Buffer.buffer();
  private long timer;
  private boolean ended;

  /**
   * @param budget of all bodies that arrive
   * @param patience longest time that the body may take
   */
  BodyReader(
      Vertx vertx, HttpServerRequest request, int mostBytes, BodyBudget budget, Duration patience) {
    this.vertx = vertx;
    this.request = request;
    this.mostBytes = mostBytes;
    this.budget = budget;
    this.patience = patience;
  }

  /**
   * Exactly one of the three is called.
   *
   * @param whole receives the body
   * @param refused receives why there is none
   * @param gone the client went away
   */
  void read(Consumer<byte[]> whole, Consumer<ApiException> refused, Runnable gone) {
    if (announced(request) > mostBytes) {
      ended = true;
      refused.accept(tooLarge());
      return;
    }
    timer = vertx.setTimer(patience.toMillis(), _ -> end(() -> refused.accept(tooSlow())));
    request.handler(part -> {
      if (ended) {
        return;
      }
      if (body.length() + part.length() > mostBytes) {
        end(() -> refused.accept(tooLarge()));
      } else if (!budget.take(part.length())) {
        end(() -> refused.accept(BodyBudget.exceeded()));
      } else {
        body.appendBuffer(part);
      }
    });
    request.exceptionHandler(_ -> end(gone));
    request.endHandler(_ -> end(() -> whole.accept(body.getBytes())));
  }

  /** Does this if nothing has ended the body before. */
  private void end(Runnable last) {
    if (!ended) {
      ended = true;
      vertx.cancelTimer(timer);
      budget.give(body.length());
      last.run();
    }
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
        "the body is larger than " + mostBytes + " bytes",
        null,
        "request_too_large");
  }

  private ApiException tooSlow() {
    return new ApiException(
        408,
        "invalid_request_error",
        "the body did not arrive within " + patience.toSeconds() + " s",
        null,
        "request_timeout");
  }
}
