package dev.quern.executor.device;

import dev.quern.executor.device.host.WeightCodes;

/**
 * A quantized matrix, read row by row as codes and their scales: blocks of a GGUF file, packed
 * integers of a checkpoint, or the lazy result of an encoder over another matrix.
 */
public non-sealed interface CodedMatrix extends HostMatrix {
  /**
   * Writes row {@code row} as {@link #format()} describes it.
   *
   * @param codes {@code format().codes(columns)} elements
   * @param scales {@code format().scales(columns)} elements
   * @param offsets {@code format().offsets(columns)} elements
   */
  void readCodes(int row, byte[] codes, float[] scales, float[] offsets);

  @Override
  default void read(int row, float[] into) {
    byte[] codes = new byte[format().codes(columns())];
    float[] scales = new float[format().scales(columns())];
    float[] offsets = new float[format().offsets(columns())];
    readCodes(row, codes, scales, offsets);
    WeightCodes.decode(format(), columns(), codes, scales, offsets, into);
  }
}
