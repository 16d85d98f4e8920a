package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Activations as a product reads them, in blocks of rows that the kernels choose.
 *
 * @param scales one float32 a row and group where quantized, else null
 * @param sums -128 times the sum of each row's and group's integers where quantized, else null
 */
record PackedRows(
    int rows, int columns, MemorySegment data, MemorySegment scales, MemorySegment sums) {
  boolean quantized() {
    return scales != null;
  }
}
