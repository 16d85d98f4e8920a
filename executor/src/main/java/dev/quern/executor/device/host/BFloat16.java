package dev.quern.executor.device.host;

/** The upper half of a float32: 8 exponent bits, 7 fraction bits. */
public final class BFloat16 {
  private BFloat16() {}

  /** The value of a stored bfloat16. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Nearest bfloat16, ties to even; NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
