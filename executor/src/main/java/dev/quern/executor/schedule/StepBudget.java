package dev.quern.executor.schedule;

/** What a step may hold yet: a number of tokens and, where it is capped, of milliseconds. */
final class StepBudget {
  /**
   * Tokens of a capped step however long they take: one alone would not be worth its fixed part.
   */
  private static final int LEAST = 8;

  /** Tokens of a capped step before any step has been timed, of any kind or of those read. */
  private static final int UNKNOWN = 32;

  private final int most;
  private final double prefillMillis;
  private final double decodeMillis;
  private final double readMillis;
  private int tokens;
  private int reads;
  private double millis;

  private StepBudget(
      int tokens,
      int reads,
      double millis,
      double prefillMillis,
      double decodeMillis,
      double readMillis) {
    this.most = tokens;
    this.tokens = tokens;
    this.reads = reads;
    this.millis = millis;
    this.prefillMillis = prefillMillis;
    this.decodeMillis = decodeMillis;
    this.readMillis = readMillis;
  }

  static StepBudget of(int tokens) {
    return new StepBudget(tokens, tokens, Double.POSITIVE_INFINITY, 0, 0, 0);
  }

  static StepBudget capped(int tokens, int millis, StepTimes times) {
    return times.known()
        ? new StepBudget(
            tokens,
            times.readingKnown() ? tokens : UNKNOWN,
            millis - times.fixed(),
            times.prefill(),
            times.decode(),
            times.reading())
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

  /**
   * Prefill tokens whose logits are read that fit yet; one where a plain one fits, so that they get
   * on beside any load.
   */
  int read() {
    int least = Math.min(1, prefill());
    return Math.min(reads, Math.max(least, fitting(prefillMillis + readMillis)));
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

  void tookRead(int count) {
    tookPrefill(count);
    reads -= count;
    millis -= count * readMillis;
  }

  void tookDecode() {
    tokens--;
    millis -= decodeMillis;
  }
}
