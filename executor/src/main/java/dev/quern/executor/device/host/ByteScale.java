package dev.quern.executor.device.host;

/**
 * Symmetric int8: KV entries of one token and head under the vector's own scale, or under static
 * scales of the channels.
 */
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

  /** round(value * 127 / scale), ties to even, in [-127, 127]; 0 for 0 / 0. */
  public static byte quantizeStatic(float value, float scale) {
    float steps = value * 127f / scale;
    return (byte) Math.rint(Math.max(-127f, Math.min(127f, steps)));
  }

  /** The number that {@code quantized} stands for under a static scale. */
  public static float dequantizeStatic(byte quantized, float scale) {
    return quantized * scale / 127f;
  }
}
