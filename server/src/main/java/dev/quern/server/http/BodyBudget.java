package dev.quern.server.http;

import java.util.concurrent.atomic.AtomicLong;

/** Memory for bodies that are arriving, of all connections together. */
final class BodyBudget {
  private final long mostBytes;
  private final AtomicLong taken = new AtomicLong();

  BodyBudget(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Takes so many bytes; false where they are not there. */
  boolean take(int bytes) {
    if (taken.addAndGet(bytes) <= mostBytes) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void give(int bytes) {
    taken.addAndGet(-bytes);
  }

  static ApiException exceeded() {
    return new ApiException(
            429,
            "rate_limit_error",
            "too many large bodies arrive at once; try again shortly",
            null,
            "rate_limit_exceeded")
        .withHeader("Retry-After", "1");
  }
}
