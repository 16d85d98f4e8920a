package dev.quern.executor.model.quantize;

import dev.quern.executor.device.WeightFormat;

/** Makes the codes of a format, a row at a time. Safe for use by many threads. */
sealed interface RowEncoder permits IntegerEncoder, Fp8Encoder, CcqEncoder {
  WeightFormat format();

  /**
   * Encodes a row.
   *
   * @param row its number in the matrix
   * @param values all its inputs
   * @param codes what {@link WeightFormat} says, as are scales and offsets
   */
  void encode(int row, float[] values, byte[] codes, float[] scales, float[] offsets);
}
