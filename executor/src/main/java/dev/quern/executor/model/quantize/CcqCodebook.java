package dev.quern.executor.model.quantize;

import dev.quern.executor.device.host.WeightCodes;

/**
 * The 256 quadruples of integers that the bytes of the CCQ code stand for under one code scale and
 * zero point, and a fast search for the nearest. Each number of a quadruple is a window of 6 bits
 * into a word of 15; neighbours share 3 bits, so a byte is a point of a lattice in four dimensions.
 *
 * <p>The search looks the four numbers up, cut to 16 levels each, in a table of the 8 quadruples
 * nearest to the middle of such a cell, and compares those.
 */
final class CcqCodebook {
  /**
   * Of 20,000 random pairs in the range of the published checkpoints' the one whose quadruples
   * approximate normal numbers best: mean square error 0.106 of the variance (the best scalar
   * quantizer of 2 bits: 0.1175). Whole numbers, so that no arithmetic rounds them.
   */
  static final float CODE_SCALE = 121;

  static final float ZERO_POINT = 626;

  /** Standard deviation of normal numbers, in units of the integers, that they fit best. */
  static final float DEVIATION = 16.33f;

  private static final int LEVELS = 16;
  private static final int CANDIDATES = 8;
  private static final float CELL = 64f / LEVELS;

  /** [256][4] */
  private final float[] points = new float[4 * 256];

  private final byte[] nearest = new byte[LEVELS * LEVELS * LEVELS * LEVELS * CANDIDATES];

  CcqCodebook() {
    for (int code = 0; code < 256; code++) {
      for (int r = 0; r < 4; r++) {
        points[4 * code + r] = WeightCodes.ccq((byte) code, r, CODE_SCALE, ZERO_POINT);
      }
    }
    float[] middle = new float[4];
    float[] distances = new float[256];
    for (int cell = 0; cell < nearest.length / CANDIDATES; cell++) {
      for (int r = 0; r < 4; r++) {
        middle[r] = ((cell >> (4 * r)) % LEVELS + 0.5f) * CELL - 32;
      }
      for (int code = 0; code < 256; code++) {
        distances[code] = distance(middle, 0, code);
      }
      for (int k = 0; k < CANDIDATES; k++) {
        int best = 0;
        for (int code = 1; code < 256; code++) {
          best = distances[code] < distances[best] ? code : best;
        }
        nearest[cell * CANDIDATES + k] = (byte) best;
        distances[best] = Float.POSITIVE_INFINITY;
      }
    }
  }

  /** Square distance of four numbers from a byte's quadruple. */
  float distance(float[] values, int at, int code) {
    float sum = 0;
    for (int r = 0; r < 4; r++) {
      float difference = values[at + r] - points[4 * code + r];
      sum += difference * difference;
    }
    return sum;
  }

  /** The byte whose quadruple is nearest to four numbers. */
  int nearest(float[] values, int at) {
    int cell = 0;
    for (int r = 0; r < 4; r++) {
      int level = (int) ((values[at + r] + 32) / CELL);
      cell |= Math.clamp(level, 0, LEVELS - 1) << (4 * r);
    }
    int best = -1;
    float least = Float.POSITIVE_INFINITY;
    for (int k = 0; k < CANDIDATES; k++) {
      int code = nearest[cell * CANDIDATES + k] & 0xff;
      float distance = distance(values, at, code);
      if (distance < least) {
        least = distance;
        best = code;
      }
    }
    return best;
  }

  /** Number {@code r} of a byte's quadruple. */
  float value(int code, int r) {
    return points[4 * code + r];
  }
}
