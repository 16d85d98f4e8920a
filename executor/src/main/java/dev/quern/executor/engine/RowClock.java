package dev.quern.executor.engine;

import java.util.function.LongSupplier;

/** Takes the times of one row on its way through the engine. */
final class RowClock {
  private static final long NOT_YET = Long.MIN_VALUE;

  private final LongSupplier nanos;
  private final long arrival;
  private long started = NOT_YET;
  private long firstToken = NOT_YET;
  private long lastToken = NOT_YET;

  /**
   * @param arrival when the row's batch was submitted, of the same clock
   */
  RowClock(LongSupplier nanos, long arrival) {
    this.nanos = nanos;
    this.arrival = arrival;
  }

  /**
   * A step is about to compute some of the row.
   *
   * @param now when the step starts, of the same clock
   */
  void starts(long now) {
    if (started == NOT_YET) {
      started = now;
    }
  }

  /** A token was drawn. */
  void drew() {
    lastToken = nanos.getAsLong();
    if (firstToken == NOT_YET) {
      firstToken = lastToken;
    }
  }

  /** Of a row that ends now. */
  Usage.Timing timing() {
    long now = nanos.getAsLong();
    long queued = started == NOT_YET ? now : started;
    long first = firstToken == NOT_YET ? now : firstToken;
    long last = lastToken == NOT_YET ? first : lastToken;
    return new Usage.Timing((queued - arrival) / 1e9, (first - queued) / 1e9, (last - first) / 1e9);
  }
}
