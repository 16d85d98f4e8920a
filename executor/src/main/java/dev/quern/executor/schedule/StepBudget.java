package dev.quern.executor.schedule;

/** What a step may hold yet: a number of tokens and, where it is capped, of milliseconds. */
final class StepBudget {
  /**
   * Tokens of a capped step however long they take: one alone would not be worth its fixed part.
   */
  private static final int LEAST = 8;

  /** Tokens of a capped step before any step has been timed. */
  private static final int UNKNOWN = 32;

  private final int most;
  private final double prefillMillis;
  private final double decodeMillis;
  private int tokens;
  private double millis;

  private StepBudget(int tokens, double millis, double prefillMillis, double decodeMillis) {
    this.most = tokens;
    this.tokens = tokens;
    this.millis = millis;
    this.prefillMillis = prefillMillis;
    this.decodeMillis = decodeMillis;
  }

  static StepBudget of(int tokens) {
    return new StepBudget(tokens, Double.POSITIVE_INFINITY, 0, 0);
  }

  static StepBudget capped(int tokens, int millis, StepTimes times) {
    return times.known()
        ? new StepBudget(tokens, millis - times.fixed(), times.prefill(), times.decode())
        : of(Math.min(tokens, UNKNOWN));
  }

  /** Whether nothing has been taken from it. */
  boolean whole() {
    return tokens == most;
  }

  /** Prefill tokens that fit yet. */
  int prefill() {
    return fitting(prefillMillis);
  }

  /** Whether one more decoded token fits. */
  boolean decode() {
    return fitting(decodeMillis) > 0;
  }

  private int fitting(double each) {
    int least = Math.max(0, LEAST - (most - tokens));
    int byTime = each == 0 ? tokens : (int) Math.min(tokens, Math.max(0, millis / each));
    return Math.min(tokens, Math.max(least, byTime));
  }

  void tookPrefill(int count) {
    tokens -= count;
    millis -= count * prefillMillis;
  }

  void tookDecode() {
    tokens--;
    millis -= decodeMillis;
  }
}
