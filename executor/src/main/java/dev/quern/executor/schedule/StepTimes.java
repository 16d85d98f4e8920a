package dev.quern.executor.schedule;

/**
 * A running estimate of the time of a step: a + b x prefill tokens + c x decoded tokens, by least
 * squares over the steps so far, each weighing 0.95 of the next. What the steps do not tell apart
 * is taken as no fixed part and equal times for both kinds of tokens. What a step takes beyond that
 * is the time of the prompt tokens whose logits were read in it, if there were any: the share of
 * one is kept while no step reads any.
 */
final class StepTimes {
  private static final double FADE = 0.95;
  private static final double PULL = 1e-4;

  /** Sums of products of (1, prefill, decode, milliseconds). */
  private final double[][] sums = new double[3][4];

  private double fixed;
  private double prefill;
  private double decode;
  private double readMillis;
  private double readSquares;

  /**
   * Takes a step that has run.
   *
   * @param readTokens those of the prefill tokens whose logits were read
   */
  void ran(int prefillTokens, int decodeTokens, int readTokens, double millis) {
    double plain = millis;
    if (readTokens > 0) {
      double beyond = millis - fixed - prefill * prefillTokens - decode * decodeTokens;
      readMillis = readMillis * FADE + readTokens * (known() ? beyond : 0);
      readSquares = readSquares * FADE + (double) readTokens * readTokens;
      plain = Math.max(0, millis - readTokens * reading());
    }
    double[] x = {1, prefillTokens, decodeTokens, plain};
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 4; j++) {
        sums[i][j] = sums[i][j] * FADE + x[i] * x[j];
      }
    }
    solve();
  }

  boolean known() {
    return sums[0][0] > 0;
  }

  /** Milliseconds of a step beside its tokens. */
  double fixed() {
    return fixed;
  }

  /** Milliseconds of a prefill token. */
  double prefill() {
    return prefill;
  }

  /** Milliseconds of a decoded token. */
  double decode() {
    return decode;
  }

  /** Whether a step has read logits of prompts. */
  boolean readingKnown() {
    return readSquares > 0;
  }

  /** Milliseconds that a prefill token takes more if its logits are read. */
  double reading() {
    return readSquares > 0 ? Math.max(0, readMillis / readSquares) : 0;
  }

  private void solve() {
    double[][] m = new double[3][];
    for (int i = 0; i < 3; i++) {
      m[i] = sums[i].clone();
    }
    double pull = PULL * (m[0][0] + m[1][1] + m[2][2]);
    m[0][0] += PULL * m[0][0];
    m[1][1] += pull;
    m[2][2] += pull;
    m[1][2] -= pull;
    m[2][1] -= pull;
    for (int i = 0; i < 3; i++) {
      for (int row = i + 1; row < 3; row++) {
        double factor = m[row][i] / m[i][i];
        for (int j = i; j < 4; j++) {
          m[row][j] -= factor * m[i][j];
        }
      }
    }
    double c = m[2][3] / m[2][2];
    double b = (m[1][3] - m[1][2] * c) / m[1][1];
    double a = (m[0][3] - m[0][1] * b - m[0][2] * c) / m[0][0];
    if (a >= 0 && b > 0 && c > 0) {
      fixed = a;
      prefill = b;
      decode = c;
    } else { // steps that scatter more than they differ: one time for each token
      fixed = 0;
      prefill = sums[0][3] / Math.max(1, sums[0][1] + sums[0][2]);
      decode = prefill;
    }
  }
}
