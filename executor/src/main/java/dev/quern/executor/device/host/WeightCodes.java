package dev.quern.executor.device.host;

import dev.quern.executor.device.WeightFormat;

/** What the codes of a quantized row stand for, in float32: the specification of every format. */
public final class WeightCodes {
  private WeightCodes() {}

  /**
   * Decodes one row of {@code columns} elements. See {@link WeightFormat} for the arrays.
   *
   * @throws IllegalArgumentException for a format without codes
   */
  public static void decode(
      WeightFormat format,
      int columns,
      byte[] codes,
      float[] scales,
      float[] offsets,
      float[] into) {
    switch (format) {
      case WeightFormat.Floats f ->
          throw new IllegalArgumentException(f.label() + " rows have no codes");
      case WeightFormat.Integers integers -> {
        int group = integers.groupSize(columns);
        for (int c = 0; c < columns; c++) {
          float value = codes[c] * scales[c / group];
          into[c] = integers.hasOffsets() ? value + offsets[c / group] : value;
        }
      }
      case WeightFormat.Fp8Blocks _ -> {
        for (int c = 0; c < columns; c++) {
          into[c] = e4m3(codes[c]) * scales[c / WeightFormat.Fp8Blocks.BLOCK];
        }
      }
      case WeightFormat.Ccq _ -> {
        for (int c = 0; c < columns; c++) {
          float scale = scales[c / WeightFormat.Ccq.GROUP] * offsets[2];
          into[c] = ccq(codes[c / 4], c % 4, offsets[0], offsets[1]) * scale;
        }
      }
    }
  }

  /** The value of an E4M3 byte: 4 exponent bits, bias 7, 3 mantissa bits; 0x7f is no number. */
  public static float e4m3(byte code) {
    int exponent = (code >> 3) & 15;
    int mantissa = code & 7;
    if (exponent == 15 && mantissa == 7) {
      return Float.NaN;
    }
    float magnitude =
        exponent == 0 ? mantissa * 0x1p-9f : (8 + mantissa) * Math.scalb(1f, exponent - 10);
    return code < 0 ? -magnitude : magnitude;
  }

  /**
   * The integer of input {@code r} (0 to 3) of a CCQ byte: overlapping windows of 6 bits of {@code
   * floor(byte * codeScale + zeroPoint + 0.5)}, each operation rounded to float32.
   */
  public static int ccq(byte code, int r, float codeScale, float zeroPoint) {
    float scaled = (code & 255) * codeScale;
    float shifted = scaled + zeroPoint;
    int word = (int) Math.floor(shifted + 0.5f);
    return ((word >> (9 - 3 * r)) & 0x3f) - 32;
  }
}
