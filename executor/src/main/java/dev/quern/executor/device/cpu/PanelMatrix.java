package dev.quern.executor.device.cpu;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.CodeSlice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;

/**
 * A quantized matrix that stands in the CPU device's panels already, usually in a mapped file: that
 * device runs it where it stands, any other reads it row by row.
 *
 * @param inPlace whether the CPU device may use the memory as it is, else it copies it into large
 *     pages
 */
public record PanelMatrix(
    String name, int rows, int columns, WeightFormat format, MemorySegment data, boolean inPlace)
    implements CodedMatrix, InPanels {
  /** Names the layout in files; another layout gets another name. */
  public static final String LAYOUT = "panels-32-v1";

  private static final int N = Panels.OUTPUTS;

  public PanelMatrix {
    long expected = bytes(format, rows, columns);
    if (data.byteSize() != expected) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + " bytes of panels but got " + data.byteSize());
    }
  }

  /** Bytes of a matrix in panels. */
  public static long bytes(WeightFormat format, int rows, int columns) {
    return Panels.count(rows) * PanelLayout.panelBytes(format, columns);
  }

  @Override
  public Optional<MemorySegment> panels() {
    return Optional.of(data);
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    Objects.checkIndex(row, rows);
    long base = row / N * PanelLayout.panelBytes(format, columns);
    int n = row % N;
    switch (format) {
      case WeightFormat.Floats f ->
          throw new IllegalArgumentException(name + ": " + f.label() + " has no codes");
      case WeightFormat.Integers integers -> integers(integers, base, n, codes, scales, offsets);
      case WeightFormat.Fp8Blocks _ -> {
        for (int k = 0; k < columns; k++) {
          codes[k] = data.get(ValueLayout.JAVA_BYTE, base + k * (long) N + n);
        }
        long at = base + PanelLayout.fp8Scales(columns) + 4L * n;
        for (int g = 0; g < format.scales(columns); g++) {
          scales[g] = data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * N * g);
        }
      }
      case WeightFormat.Ccq _ -> {
        for (int q = 0; q < format.codes(columns); q++) {
          codes[q] = data.get(ValueLayout.JAVA_BYTE, base + q * (long) N + n);
        }
        long at = base + PanelLayout.ccqRows(columns) + 4L * n;
        for (int i = 0; i < 3; i++) {
          offsets[i] = data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * N * i);
        }
        long locals = base + PanelLayout.ccqLocals(columns) + n;
        for (int g = 0; g < format.scales(columns); g++) {
          scales[g] = data.get(ValueLayout.JAVA_BYTE, locals + (long) N * g);
        }
      }
    }
  }

  private void integers(
      WeightFormat.Integers f, long base, int n, byte[] codes, float[] scales, float[] offsets) {
    int group = f.groupSize(columns);
    int bias = PanelLayout.bias(f);
    long tile = base;
    for (int g = 0; g * group < columns; g++) {
      int first = g * group;
      int inputs = Math.min(group, columns - first);
      for (int k = 0; k < inputs; k++) {
        int stored = data.get(ValueLayout.JAVA_BYTE, tile + PanelLayout.codeAt(f, k, n)) & 255;
        codes[first + k] = (byte) ((f.bits() == 8 ? stored : (stored >> (k & 4)) & 15) - bias);
      }
      long at = tile + PanelLayout.codeBytes(f, inputs);
      scales[g] = PanelReader.scale(f, data, at, n);
      if (f.hasOffsets()) {
        offsets[g] = PanelReader.scale(f, data, at + (long) N * PanelLayout.scaleBytes(f), n);
      }
      tile += PanelLayout.tileBytes(f, inputs);
    }
  }

  /** Whole panels stay panels. */
  @Override
  public HostMatrix sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    if (from % N != 0 || (to % N != 0 && to != rows) || from == to) {
      return CodeSlice.of(this).sliceRows(from, to);
    }
    long panel = PanelLayout.panelBytes(format, columns);
    MemorySegment part = data.asSlice(from / N * panel, Panels.count(to - from) * panel);
    return new PanelMatrix(name, to - from, columns, format, part, inPlace);
  }

  @Override
  public HostMatrix sliceColumns(int from, int to) {
    return from == 0 && to == columns ? this : CodeSlice.of(this).sliceColumns(from, to);
  }
}
