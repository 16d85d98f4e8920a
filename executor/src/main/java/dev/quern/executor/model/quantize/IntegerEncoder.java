package dev.quern.executor.model.quantize;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat.Integers;

/**
 * Symmetric integers in groups: scale = absmax / 127 or / 7, rounded to the scale's type first;
 * code = the integer nearest to value / scale, ties to even. A group of zeros has scale 0.
 */
record IntegerEncoder(Integers format) implements RowEncoder {
  IntegerEncoder {
    if (format.hasOffsets()) {
      throw new IllegalArgumentException(format.label() + " is read, not made");
    }
  }

  @Override
  public void encode(int row, float[] values, byte[] codes, float[] scales, float[] offsets) {
    int columns = values.length;
    int size = format.groupSize(columns);
    int most = format.bits() == 8 ? 127 : 7;
    for (int group = 0; group < scales.length; group++) {
      int from = group * size;
      int to = Math.min(columns, from + size);
      float scale = absMax(values, from, to) / most;
      if (format.scaleType() == ElementType.F16) {
        scale = Float.float16ToFloat(Float.floatToFloat16(scale));
      }
      if (!Float.isFinite(scale)) {
        throw new IllegalArgumentException(
            "row %d holds weights beyond what %s can scale; keep this matrix unquantized"
                .formatted(row, format.label()));
      }
      scales[group] = scale;
      for (int c = from; c < to; c++) {
        // A scale that was rounded down may ask for more than the largest code.
        codes[c] = scale == 0 ? 0 : (byte) Math.clamp(Math.rint(values[c] / scale), -most, most);
      }
    }
  }

  static float absMax(float[] values, int from, int to) {
    float most = 0;
    for (int c = from; c < to; c++) {
      most = Math.max(most, Math.abs(values[c]));
    }
    return most;
  }
}
