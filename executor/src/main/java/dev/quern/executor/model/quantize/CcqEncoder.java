package dev.quern.executor.model.quantize;

import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Ccq;
import java.util.Arrays;

/**
 * An encoder for the WINT2 code (the published one has a decoder only). Code scale and zero point
 * are the codebook's for every output. A group's best scale follows from its deviation; the super
 * scale puts the largest at 14 of 15, each group tries the 4-bit scales around its own and keeps
 * the one with the least square error, and in the end the super scale is fitted to the chosen bytes
 * by least squares.
 */
record CcqEncoder(CcqCodebook codebook) implements RowEncoder {
  private static final int MOST_SCALE = 15;

  @Override
  public WeightFormat format() {
    return new Ccq();
  }

  @Override
  public void encode(int row, float[] values, byte[] codes, float[] scales, float[] offsets) {
    int columns = values.length;
    float[] ideal = new float[scales.length];
    float most = 0;
    for (int g = 0; g < ideal.length; g++) {
      ideal[g] = deviation(values, g * Ccq.GROUP) / CcqCodebook.DEVIATION;
      most = Math.max(most, ideal[g]);
    }
    float superScale = most / (MOST_SCALE - 1);
    double product = 0;
    double square = 0;
    float[] scaled = new float[Ccq.GROUP];
    byte[] tried = new byte[Ccq.GROUP / 4];
    byte[] best = new byte[Ccq.GROUP / 4];
    for (int g = 0; g < ideal.length; g++) {
      int from = g * Ccq.GROUP;
      int count = Math.min(columns, from + Ccq.GROUP) - from;
      float least = Float.POSITIVE_INFINITY;
      int around = superScale == 0 ? 0 : Math.round(ideal[g] / superScale);
      scales[g] = 0;
      Arrays.fill(best, (byte) 0);
      int first = Math.max(1, around - 2);
      int last = superScale == 0 || ideal[g] == 0 ? 0 : Math.min(MOST_SCALE, around + 3);
      for (int local = first; local <= last; local++) {
        float scale = local * superScale;
        float error = encode(values, from, count, scale, scaled, tried) * scale * scale;
        if (error < least) {
          least = error;
          scales[g] = local;
          System.arraycopy(tried, 0, best, 0, best.length);
        }
      }
      for (int c = 0; c < count; c++) {
        double unit = codebook.value(best[c / 4] & 0xff, c % 4) * (double) scales[g];
        product += values[from + c] * unit;
        square += unit * unit;
      }
      System.arraycopy(best, 0, codes, from / 4, (count + 3) / 4);
    }
    offsets[0] = CcqCodebook.CODE_SCALE;
    offsets[1] = CcqCodebook.ZERO_POINT;
    offsets[2] = square == 0 ? 0 : (float) (product / square);
  }

  /** Square error of a group in units of the scale. */
  private float encode(
      float[] values, int from, int count, float scale, float[] scaled, byte[] into) {
    Arrays.fill(scaled, 0);
    for (int c = 0; c < count; c++) {
      scaled[c] = values[from + c] / scale;
    }
    float error = 0;
    for (int c = 0; c < count; c += 4) {
      int code = codebook.nearest(scaled, c);
      into[c / 4] = (byte) code;
      error += codebook.distance(scaled, c, code);
    }
    return error;
  }

  private static float deviation(float[] values, int from) {
    int to = Math.min(values.length, from + Ccq.GROUP);
    double sum = 0;
    for (int c = from; c < to; c++) {
      sum += (double) values[c] * values[c];
    }
    return (float) Math.sqrt(sum / (to - from));
  }
}
