package dev.quern.executor.device.cpu;

import dev.quern.executor.device.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A packed matrix: panels of {@link #OUTPUTS} outputs, inputs in order inside a panel, so that one
 * row and many rows read it alike. The layouts are those of {@code weight.h}, the same for every
 * instruction set; {@link PanelLayout} gives their sizes.
 *
 * @param header the C struct {@code Weight} of this matrix
 */
record Panels(
    WeightFormat format,
    int rows,
    int columns,
    long panelBytes,
    MemorySegment data,
    MemorySegment header) {
  /** Outputs of a panel. */
  static final int OUTPUTS = 32;

  private static final long HEADER_BYTES = 48;

  static Panels of(WeightFormat format, int rows, int columns, MemorySegment data) {
    long panelBytes = PanelLayout.panelBytes(format, columns);
    MemorySegment header = Arena.ofAuto().allocate(HEADER_BYTES, 8);
    header.set(ValueLayout.JAVA_LONG, 0, data.isNative() ? data.address() : 0);
    header.set(ValueLayout.JAVA_LONG, 8, panelBytes);
    header.set(ValueLayout.JAVA_INT, 16, PanelLayout.kind(format));
    header.set(ValueLayout.JAVA_INT, 20, rows);
    header.set(ValueLayout.JAVA_INT, 24, columns);
    if (format instanceof WeightFormat.Integers integers) {
      header.set(ValueLayout.JAVA_INT, 28, integers.bits());
      header.set(ValueLayout.JAVA_INT, 32, integers.group());
      header.set(ValueLayout.JAVA_INT, 36, PanelLayout.scaleBytes(integers) == 2 ? 1 : 0);
      header.set(ValueLayout.JAVA_INT, 40, integers.hasOffsets() ? 1 : 0);
    }
    return new Panels(format, rows, columns, panelBytes, data, header);
  }

  static int count(int rows) {
    return (rows + OUTPUTS - 1) / OUTPUTS;
  }

  int count() {
    return count(rows);
  }
}
