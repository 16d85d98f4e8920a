package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.BFloat16;
import dev.quern.executor.device.host.WeightCodes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Panels in plain Java: packing of unquantized matrices, decoding of every format. */
final class PanelReader {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final int N = Panels.OUTPUTS;

  private PanelReader() {}

  /** Packs panels p0..p1 of 16- or 32-bit numbers. */
  static void pack(MemorySegment panels, StridedMatrix matrix, int p0, int p1) {
    int bytes = matrix.type().bytes();
    int columns = matrix.columns();
    for (int p = p0; p < p1; p++) {
      long base = (long) p * columns * N * bytes;
      for (int n = 0; n < N; n++) {
        int row = p * N + n;
        boolean padding = row >= matrix.rows();
        long from = padding ? 0 : matrix.offset() + row * matrix.rowStride();
        for (int k = 0; k < columns; k++) {
          long to = base + (long) bytes * (k * N + n);
          if (padding) {
            panels.asSlice(to, bytes).fill((byte) 0);
          } else {
            long source = (from + k * matrix.columnStride()) * bytes;
            MemorySegment.copy(matrix.data(), source, panels, to, bytes);
          }
        }
      }
    }
  }

  /** Panel p as float32 [input][32], every weight as its format defines it. */
  static void decode(Panels w, int p, float[] into) {
    long base = p * w.panelBytes();
    MemorySegment data = w.data();
    int columns = w.columns();
    switch (w.format()) {
      case WeightFormat.Floats(ElementType type) -> {
        for (int i = 0; i < columns * N; i++) {
          into[i] = number(data, type, base, i);
        }
      }
      case WeightFormat.Integers integers -> {
        for (int n = 0; n < N; n++) {
          integers(integers, data, base, columns, n, into, n, N);
        }
      }
      case WeightFormat.Fp8Blocks _ -> {
        for (int n = 0; n < N; n++) {
          fp8(data, base, columns, n, into, n, N);
        }
      }
      case WeightFormat.Ccq _ -> {
        for (int n = 0; n < N; n++) {
          ccq(data, base, columns, n, into, n, N);
        }
      }
    }
  }

  /** Row {@code row} of a packed table, to {@code out} from element {@code to} on. */
  static void row(Panels w, int row, MemorySegment out, long to) {
    long base = row / N * w.panelBytes();
    int n = row % N;
    int columns = w.columns();
    float[] into = new float[columns];
    switch (w.format()) {
      case WeightFormat.Floats(ElementType type) -> {
        for (int k = 0; k < columns; k++) {
          into[k] = number(w.data(), type, base, k * (long) N + n);
        }
      }
      case WeightFormat.Integers integers ->
          integers(integers, w.data(), base, columns, n, into, 0, 1);
      case WeightFormat.Fp8Blocks _ -> fp8(w.data(), base, columns, n, into, 0, 1);
      case WeightFormat.Ccq _ -> ccq(w.data(), base, columns, n, into, 0, 1);
    }
    MemorySegment.copy(into, 0, out, ValueLayout.JAVA_FLOAT, 4 * to, columns);
  }

  static float number(MemorySegment data, ElementType type, long base, long index) {
    return switch (type) {
      case F32 -> data.get(FLOAT, base + 4 * index);
      case F16 -> Float.float16ToFloat(data.get(SHORT, base + 2 * index));
      case BF16 -> BFloat16.toFloat(data.get(SHORT, base + 2 * index));
      case INT8, INT32 -> throw new IllegalArgumentException(type + " panels");
    };
  }

  /** Output n; input k goes to {@code into[at + k * step]}. */
  private static void integers(
      WeightFormat.Integers format,
      MemorySegment data,
      long base,
      int columns,
      int n,
      float[] into,
      int at,
      int step) {
    int group = format.groupSize(columns);
    int bias = PanelLayout.bias(format);
    long tile = base;
    for (int first = 0; first < columns; first += group) {
      int inputs = Math.min(group, columns - first);
      long scales = tile + PanelLayout.codeBytes(format, inputs);
      float scale = scale(format, data, scales, n);
      long behind = scales + (long) N * PanelLayout.scaleBytes(format);
      float offset = format.hasOffsets() ? scale(format, data, behind, n) : 0;
      for (int k = 0; k < inputs; k++) {
        int stored = data.get(BYTE, tile + PanelLayout.codeAt(format, k, n)) & 255;
        int code = (format.bits() == 8 ? stored : (stored >> (k & 4)) & 15) - bias;
        float value = code * scale;
        into[at + (first + k) * step] = format.hasOffsets() ? value + offset : value;
      }
      tile += PanelLayout.tileBytes(format, inputs);
    }
  }

  static float scale(WeightFormat.Integers format, MemorySegment data, long at, int n) {
    return format.scaleType() == ElementType.F32
        ? data.get(FLOAT, at + 4L * n)
        : Float.float16ToFloat(data.get(SHORT, at + 2L * n));
  }

  private static void fp8(
      MemorySegment data, long base, int columns, int n, float[] into, int at, int step) {
    long scales = base + PanelLayout.fp8Scales(columns);
    for (int k = 0; k < columns; k++) {
      float scale = data.get(FLOAT, scales + 4L * (k / WeightFormat.Fp8Blocks.BLOCK * N + n));
      into[at + k * step] = WeightCodes.e4m3(data.get(BYTE, base + k * (long) N + n)) * scale;
    }
  }

  private static void ccq(
      MemorySegment data, long base, int columns, int n, float[] into, int at, int step) {
    long row = base + PanelLayout.ccqRows(columns) + 4L * n;
    float codeScale = data.get(FLOAT, row);
    float zeroPoint = data.get(FLOAT, row + 4L * N);
    float superScale = data.get(FLOAT, row + 8L * N);
    long locals = base + PanelLayout.ccqLocals(columns) + n;
    for (int k = 0; k < columns; k++) {
      float scale = data.get(BYTE, locals + (long) (k / WeightFormat.Ccq.GROUP) * N) * superScale;
      byte code = data.get(BYTE, base + (long) (k / 4) * N + n);
      into[at + k * step] = WeightCodes.ccq(code, k % 4, codeScale, zeroPoint) * scale;
    }
  }
}
