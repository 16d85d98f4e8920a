package dev.quern.executor.model.quantize;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Fp8Blocks;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * E4M3 in blocks of 128 rows and 128 columns: scale = absmax / 448, code = the value nearest to
 * weight / scale, ties to even (DeepSeek-V3, arXiv 2412.19437). A block of zeros has scale 0.
 */
final class Fp8Encoder implements RowEncoder {
  /** Largest value of E4M3. */
  private static final float MOST = 448;

  /** Code of {@link #MOST}; the one behind it is no number. */
  private static final int MOST_CODE = 0x7e;

  private final HostMatrix source;

  /** Scales of a row of blocks, once a row of it was asked for. */
  private final AtomicReferenceArray<float[]> blocks;

  Fp8Encoder(HostMatrix source) {
    this.source = source;
    this.blocks = new AtomicReferenceArray<>(Math.ceilDiv(source.rows(), Fp8Blocks.BLOCK));
  }

  @Override
  public WeightFormat format() {
    return new Fp8Blocks();
  }

  @Override
  public void encode(int row, float[] values, byte[] codes, float[] scales, float[] offsets) {
    float[] block = block(row / Fp8Blocks.BLOCK);
    System.arraycopy(block, 0, scales, 0, block.length);
    for (int c = 0; c < values.length; c++) {
      float scale = block[c / Fp8Blocks.BLOCK];
      codes[c] = scale == 0 ? 0 : e4m3(values[c] / scale);
    }
  }

  /** Two threads may compute the same scales; they are equal. */
  private float[] block(int index) {
    float[] known = blocks.get(index);
    if (known != null) {
      return known;
    }
    int columns = source.columns();
    float[] scales = new float[Math.ceilDiv(columns, Fp8Blocks.BLOCK)];
    float[] row = new float[columns];
    int first = index * Fp8Blocks.BLOCK;
    for (int r = first; r < Math.min(source.rows(), first + Fp8Blocks.BLOCK); r++) {
      source.read(r, row);
      EncodedMatrix.requireFinite(r, row);
      for (int b = 0; b < scales.length; b++) {
        int from = b * Fp8Blocks.BLOCK;
        float most = IntegerEncoder.absMax(row, from, Math.min(columns, from + Fp8Blocks.BLOCK));
        scales[b] = Math.max(scales[b], most);
      }
    }
    for (int b = 0; b < scales.length; b++) {
      scales[b] /= MOST;
    }
    blocks.set(index, scales);
    return scales;
  }

  /** The nearest E4M3 byte, ties to even; what is beyond the largest becomes the largest. */
  static byte e4m3(float value) {
    float magnitude = Math.abs(value);
    int code;
    if (magnitude < 0x1p-6f) {
      code = (int) Math.rint(magnitude * 0x1p9f); // 8 is the least normal number
    } else {
      int exponent = Math.getExponent(Math.min(magnitude, MOST));
      int mantissa = (int) Math.rint(Math.scalb(Math.min(magnitude, MOST), 3 - exponent));
      code = Math.min(MOST_CODE, (exponent + 7) * 8 + mantissa - 8);
    }
    return (byte) (Float.floatToRawIntBits(value) < 0 ? code | 0x80 : code);
  }
}
