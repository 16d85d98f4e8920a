package dev.quern.executor.device.host;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.WeightFormat;

/**
 * Dynamic symmetric quantization of activations: each row is cut into groups of {@link #SIZE}
 * inputs (the last may be shorter); a group's scale is absmax / 127, its integers are the nearest
 * to x * (127 / absmax), ties to even. A group of zeros has scale 0.
 */
public final class ActivationGroups {
  /** Inputs of one group. */
  public static final int SIZE = 128;

  private ActivationGroups() {}

  /** Whether a product with weights of this type takes quantized activations. */
  public static boolean apply(Activations activations, WeightFormat weights) {
    boolean integers =
        switch (weights) {
          case WeightFormat.Integers _, WeightFormat.Ccq _ -> true;
          case WeightFormat.Floats _, WeightFormat.Fp8Blocks _ -> false;
        };
    return integers && activations != Activations.F32;
  }

  /** Number of groups of a row. */
  public static int count(int columns) {
    return (columns + SIZE - 1) / SIZE;
  }

  /** What a quantized row stands for: integer times scale, elementwise. */
  public static void roundTrip(float[] x, int from, int columns, float[] into) {
    System.arraycopy(x, from, into, 0, columns);
    for (int start = 0; start < columns; start += SIZE) {
      float scale = quantize(into, start, columns);
      for (int c = start; c < Math.min(columns, start + SIZE); c++) {
        into[c] *= scale;
      }
    }
  }

  /**
   * Replaces the group that starts at {@code start} of a row of {@code columns} by its integers.
   *
   * @return the group's scale
   */
  public static float quantize(float[] row, int start, int columns) {
    int end = Math.min(columns, start + SIZE);
    float max = 0;
    for (int c = start; c < end; c++) {
      max = Math.max(max, Math.abs(row[c]));
    }
    float inverse = max == 0 ? 0 : 127f / max;
    for (int c = start; c < end; c++) {
      row[c] = (float) Math.rint(row[c] * inverse);
    }
    return max / 127f;
  }
}
