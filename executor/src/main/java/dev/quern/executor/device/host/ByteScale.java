package dev.quern.executor.device.host;

/** Symmetric int8 with one scale a vector: KV entries of one token and head. */
public final class ByteScale {
  private ByteScale() {}

  /** absmax / 127 of {@code count} values; 0 for zeros. */
  public static float of(float[] values, int from, int count) {
    float max = 0;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, Math.abs(values[from + i]));
    }
    return max / 127f;
  }

  /** The nearest integer of value / scale, ties to even. */
  public static byte quantize(float value, float scale) {
    return scale == 0 ? 0 : (byte) Math.rint(value / scale);
  }
}
