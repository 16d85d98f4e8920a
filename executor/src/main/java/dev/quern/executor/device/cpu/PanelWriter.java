package dev.quern.executor.device.cpu;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.FloatMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Packs quantized matrices: a panel at a time in a Java array, then copied to its place. */
final class PanelWriter {
  private static final int N = Panels.OUTPUTS;
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final CodedMatrix matrix;
  private final byte[] panel;
  private final byte[] codes;
  private final float[] scales;
  private final float[] offsets;

  PanelWriter(HostMatrix source) {
    matrix =
        switch (source) {
          case CodedMatrix coded -> coded;
          case StridedMatrix strided -> new StridedCodes(strided);
          case FloatMatrix floats ->
              throw new IllegalArgumentException(
                  floats.name() + ": " + floats.format().label() + " has no codes");
        };
    int columns = matrix.columns();
    panel = new byte[Math.toIntExact(PanelLayout.panelBytes(matrix.format(), columns))];
    codes = new byte[matrix.format().codes(columns)];
    scales = new float[matrix.format().scales(columns)];
    offsets = new float[matrix.format().offsets(columns)];
  }

  /** Writes panels p0..p1 of {@code panels}. */
  void pack(MemorySegment panels, int p0, int p1) {
    for (int p = p0; p < p1; p++) {
      clear();
      for (int n = 0; n < Math.min(N, matrix.rows() - p * N); n++) {
        matrix.readCodes(p * N + n, codes, scales, offsets);
        put(n);
      }
      MemorySegment.copy(
          MemorySegment.ofArray(panel), 0, panels, (long) p * panel.length, panel.length);
    }
  }

  /** Rows and inputs beyond the matrix have scale 0. */
  private void clear() {
    Arrays.fill(panel, (byte) 0);
  }

  private void put(int n) {
    switch (matrix.format()) {
      case WeightFormat.Floats f ->
          throw new IllegalArgumentException(matrix.name() + ": " + f.label() + " has no codes");
      case WeightFormat.Integers integers -> integers(integers, n);
      case WeightFormat.Fp8Blocks _ -> {
        for (int k = 0; k < codes.length; k++) {
          panel[k * N + n] = codes[k];
        }
        int at = (int) PanelLayout.fp8Scales(matrix.columns());
        for (int g = 0; g < scales.length; g++) {
          FLOAT.set(panel, at + 4 * (g * N + n), scales[g]);
        }
      }
      case WeightFormat.Ccq _ -> {
        for (int q = 0; q < codes.length; q++) {
          panel[q * N + n] = codes[q];
        }
        int rows = (int) PanelLayout.ccqRows(matrix.columns());
        for (int i = 0; i < 3; i++) {
          FLOAT.set(panel, rows + 4 * (i * N + n), offsets[i]);
        }
        int locals = (int) PanelLayout.ccqLocals(matrix.columns());
        for (int g = 0; g < scales.length; g++) {
          panel[locals + g * N + n] = (byte) scales[g];
        }
      }
    }
  }

  private void integers(WeightFormat.Integers format, int n) {
    int columns = matrix.columns();
    int group = format.groupSize(columns);
    int bias = PanelLayout.bias(format);
    int tile = 0;
    for (int g = 0; g < scales.length; g++) {
      int first = g * group;
      int inputs = Math.min(group, columns - first);
      if (format.bits() == 8) {
        for (int k = 0; k < inputs; k++) {
          panel[tile + (k >> 2) * 4 * N + n * 4 + (k & 3)] = (byte) (codes[first + k] + bias);
        }
      } else {
        for (int k = 0; k < inputs; k++) {
          int at = tile + (k >> 3) * 4 * N + n * 4 + (k & 3);
          panel[at] |= (byte) ((codes[first + k] + bias) << (k & 4));
        }
      }
      int at = tile + (int) PanelLayout.codeBytes(format, inputs);
      scale(format, at, n, scales[g]);
      if (format.hasOffsets()) {
        scale(format, at + N * PanelLayout.scaleBytes(format), n, offsets[g]);
      }
      tile += (int) PanelLayout.tileBytes(format, inputs);
    }
  }

  private void scale(WeightFormat.Integers format, int at, int n, float value) {
    if (format.scaleType() == ElementType.F32) {
      FLOAT.set(panel, at + 4 * n, value);
      return;
    }
    short half = Float.floatToFloat16(value);
    if (Float.float16ToFloat(half) != value) {
      throw new IllegalArgumentException(
          matrix.name()
              + ": scale "
              + value
              + " is no float16, as "
              + format.label()
              + " promises");
    }
    SHORT.set(panel, at + 2 * n, half);
  }
}
