package dev.quern.server.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Counts requests that run or wait in the engine: the queue is bounded, so that a crowd gets an
 * answer at once instead of a timeout.
 */
final class Admission {
  private final HttpLimits limits;
  private final Map<Caller, Integer> callers = new HashMap<>();
  private int requests;

  Admission(HttpLimits limits) {
    this.limits = limits;
  }

  /** The place of one request; leaving it again does nothing. */
  static final class Place {
    /** Of a request that is not counted. */
    static final Place NONE = new Place(() -> {});

    private final AtomicReference<Runnable> back;

    private Place(Runnable back) {
      this.back = new AtomicReference<>(back);
    }

    void leave() {
      back.getAndSet(() -> {}).run();
    }
  }

  /**
   * @throws ApiException 429 with Retry-After when too many are in
   */
  synchronized Place enter(Caller caller) throws ApiException {
    if (requests >= limits.requests()) {
      throw full("the server runs " + requests + " requests already, its most");
    }
    int own = callers.getOrDefault(caller, 0);
    if (own >= limits.requestsPerKey()) {
      throw full("this API key runs " + own + " requests already, its most");
    }
    callers.put(caller, own + 1);
    requests++;
    return new Place(() -> leave(caller));
  }

  private synchronized void leave(Caller caller) {
    requests--;
    callers.merge(caller, -1, (now, change) -> now + change == 0 ? null : now + change);
    notifyAll();
  }

  /** Waits until no request is in, at most so long; whether none is. */
  synchronized boolean awaitEmpty(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; requests > 0 && left > 0; left = end - System.nanoTime()) {
      wait(left / 1_000_000 + 1);
    }
    return requests == 0;
  }

  private static ApiException full(String message) {
    return new ApiException(
            429, "rate_limit_error", message + "; try again shortly", null, "rate_limit_exceeded")
        .withHeader("Retry-After", "1");
  }
}
