package dev.quern.executor.device.host;

import dev.quern.executor.device.WeightFormat;

/** What a matrix takes in a number format: codes, scales and offsets, without padding. */
public final class WeightBytes {
  private WeightBytes() {}

  /** Bytes of a matrix [rows, columns]. */
  public static long of(WeightFormat format, int rows, int columns) {
    return switch (format) {
      case WeightFormat.Floats f -> (long) rows * columns * f.type().bytes();
      case WeightFormat.Integers i -> {
        long numbers = (long) i.scales(columns) + i.offsets(columns);
        yield rows * (((long) columns * i.bits() + 7) / 8 + numbers * i.scaleType().bytes());
      }
      case WeightFormat.Fp8Blocks f ->
          (long) rows * columns
              + 4L * Math.ceilDiv(rows, WeightFormat.Fp8Blocks.BLOCK) * f.scales(columns);
      case WeightFormat.Ccq c ->
          rows * (c.codes(columns) + (c.scales(columns) + 1L) / 2 + 4L * c.offsets(columns));
    };
  }
}
