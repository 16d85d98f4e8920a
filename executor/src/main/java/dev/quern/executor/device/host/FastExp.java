package dev.quern.executor.device.host;

/** exp in float32 for arguments up to 0, relative error under 3e-7. */
public final class FastExp {
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0x1.63p-1f; // few bits, so that n * LN2_HIGH is exact
  private static final float LN2_LOW = -2.12194440e-4f;

  private FastExp() {}

  /** exp(x); 0 below -87, where float32 leaves its normal range. */
  public static float exp(float x) {
    if (x < -87f) {
      return 0f;
    }
    int n = (int) (x * LOG2_E - 0.5f); // nearest integer: x is never positive
    float r = (x - n * LN2_HIGH) - n * LN2_LOW;
    // exp(r) on |r| <= ln2/2: the Taylor polynomial of degree 7 is exact to float32 there.
    float p = 1f / 5040f;
    p = p * r + 1f / 720f;
    p = p * r + 1f / 120f;
    p = p * r + 1f / 24f;
    p = p * r + 1f / 6f;
    p = p * r + 0.5f;
    p = p * r + 1f;
    p = p * r + 1f;
    return p * Float.intBitsToFloat((n + 127) << 23);
  }
}
