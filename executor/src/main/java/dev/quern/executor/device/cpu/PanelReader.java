package dev.quern.executor.device.cpu;

import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.host.BFloat16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Packs, decodes and gathers panels in plain Java; the layouts are those of {@link Panels}. */
final class PanelReader {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int N = Panels.OUTPUTS;

  private PanelReader() {}

  /** Packs panels p0..p1. */
  static void pack(MemorySegment panels, StridedMatrix matrix, int p0, int p1) {
    MemorySegment data = matrix.data();
    int columns = matrix.columns();
    for (int p = p0; p < p1; p++) {
      long base = p * Panels.panelBytes(matrix.type(), columns);
      for (int n = 0; n < N; n++) {
        int row = p * N + n;
        boolean padding = row >= matrix.rows();
        long from = padding ? 0 : matrix.offset() + row * matrix.rowStride();
        for (int k = 0; k < columns; k++) {
          long source = from + k * matrix.columnStride();
          switch (matrix.type()) {
            case F32 ->
                panels.set(
                    FLOAT, base + 4L * (k * N + n), padding ? 0 : data.get(FLOAT, 4 * source));
            case F16, BF16 ->
                panels.set(
                    SHORT, base + 2L * (k * N + n), padding ? 0 : data.get(SHORT, 2 * source));
            case INT8 -> {
              byte value = padding ? 0 : data.get(ValueLayout.JAVA_BYTE, source);
              panels.set(ValueLayout.JAVA_BYTE, base + quad(k, n), (byte) (value + 128));
            }
            case INT32 -> throw new IllegalArgumentException(matrix.name() + ": INT32");
          }
        }
      }
    }
  }

  /** Where input k of output n stands in an int8 panel. */
  private static long quad(int k, int n) {
    return (k >> 2) * 4L * N + n * 4L + (k & 3);
  }

  /** Panel p as float32 [input][32], unscaled. */
  static void decode(Panels w, int p, float[] into) {
    int columns = w.columns();
    long base = p * Panels.panelBytes(w.type(), columns);
    MemorySegment data = w.data();
    switch (w.type()) {
      case F32 -> MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, base, into, 0, columns * N);
      case F16 -> {
        for (int i = 0; i < columns * N; i++) {
          into[i] = Float.float16ToFloat(data.get(SHORT, base + 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < columns * N; i++) {
          into[i] = BFloat16.toFloat(data.get(SHORT, base + 2L * i));
        }
      }
      case INT8 -> {
        for (int k = 0; k < columns; k++) {
          for (int n = 0; n < N; n++) {
            into[k * N + n] = biased(data, base + quad(k, n));
          }
        }
      }
      case INT32 -> throw new IllegalArgumentException("INT32 panels");
    }
  }

  private static int biased(MemorySegment data, long at) {
    return (data.get(ValueLayout.JAVA_BYTE, at) & 255) - 128;
  }

  /** Row {@code row} of a packed table, scaled, to {@code out} from element {@code to} on. */
  static void row(Panels w, int row, MemorySegment out, long to) {
    long base = row / N * Panels.panelBytes(w.type(), w.columns());
    int n = row % N;
    MemorySegment data = w.data();
    for (int k = 0; k < w.columns(); k++) {
      long at = k * (long) N + n;
      float value =
          switch (w.type()) {
            case F32 -> data.get(FLOAT, base + 4 * at);
            case F16 -> Float.float16ToFloat(data.get(SHORT, base + 2 * at));
            case BF16 -> BFloat16.toFloat(data.get(SHORT, base + 2 * at));
            case INT8 ->
                biased(data, base + quad(k, n))
                    * w.scales().getAtIndex(ValueLayout.JAVA_FLOAT, row);
            case INT32 -> throw new IllegalArgumentException("INT32 panels");
          };
      out.setAtIndex(ValueLayout.JAVA_FLOAT, to + k, value);
    }
  }
}
