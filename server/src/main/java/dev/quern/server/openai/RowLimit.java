package dev.quern.server.openai;

import dev.quern.server.http.ApiException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the rows of online requests in the engine: one request may have thousands, and all of them
 * run before any batch's.
 */
final class RowLimit {
  private final int most;
  private final AtomicInteger rows = new AtomicInteger();

  RowLimit(int most) {
    this.most = most;
  }

  /**
   * @throws ApiException 429 with Retry-After when there is no room for so many
   */
  void enter(int count) throws ApiException {
    int now = rows.addAndGet(count);
    if (now > most) {
      rows.addAndGet(-count);
      throw new ApiException(
              429,
              "rate_limit_error",
              count
                  + " answers more do not fit beside the "
                  + (now - count)
                  + " that online requests wait for, at most "
                  + most
                  + "; try again shortly, or send a batch",
              null,
              "rate_limit_exceeded")
          .withHeader("Retry-After", "1");
    }
  }

  void leave(int count) {
    rows.addAndGet(-count);
  }
}
