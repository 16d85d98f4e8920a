package dev.quern.executor.device.contract;

import java.util.Arrays;

/** Comparisons that say where and by how much two results differ. */
final class Compare {
  private Compare() {}

  /** Every difference at most {@code bound}. */
  static void within(String what, float[] expected, float[] actual, int columns, double bound) {
    double worst = -1;
    int at = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference =
          Float.compare(expected[i], actual[i]) == 0
              ? 0
              : Math.abs((double) expected[i] - actual[i]);
      if (!(difference <= worst)) { // NaN is the worst
        worst = difference;
        at = i;
      }
    }
    if (!(worst <= bound)) {
      throw new ContractViolation(
          what
              + " ["
              + at / columns
              + ", "
              + at % columns
              + "]: expected "
              + expected[at]
              + " but got "
              + actual[at]
              + "; the bound is "
              + bound);
    }
  }

  /** The same bits. */
  static void same(String what, float[] expected, float[] actual, int columns) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        throw new ContractViolation(
            what
                + " ["
                + i / columns
                + ", "
                + i % columns
                + "]: expected the bits of "
                + expected[i]
                + " but got "
                + actual[i]);
      }
    }
  }

  static void same(String what, int[] expected, int[] actual) {
    if (!Arrays.equals(expected, actual)) {
      throw new ContractViolation(
          what + ": expected " + Arrays.toString(expected) + " but got " + Arrays.toString(actual));
    }
  }

  static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new ContractViolation(otherwise);
    }
  }
}
