package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import java.lang.foreign.MemorySegment;

/**
 * A packed matrix: panels of {@link #OUTPUTS} outputs, inputs in order inside a panel, so that one
 * row and many rows read it alike. 16- and 32-bit types stand as [panel][input][output]; int8 as
 * [panel][input / 4][output][4] with 128 added to each.
 *
 * @param scales for INT8, one float32 an output, padded to whole panels; else null
 */
record Panels(ElementType type, int rows, int columns, MemorySegment data, MemorySegment scales) {
  /** Outputs of a panel. */
  static final int OUTPUTS = 32;

  static int count(int rows) {
    return (rows + OUTPUTS - 1) / OUTPUTS;
  }

  WeightFormat format() {
    return type == ElementType.INT8
        ? new WeightFormat.Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false)
        : new WeightFormat.Floats(type);
  }

  int count() {
    return count(rows);
  }

  /** Bytes of one panel. */
  static long panelBytes(ElementType type, int columns) {
    long inputs = type == ElementType.INT8 ? (columns + 3L) / 4 * 4 : columns;
    return inputs * OUTPUTS * type.bytes();
  }

  static long dataBytes(ElementType type, int rows, int columns) {
    return count(rows) * panelBytes(type, columns);
  }

  static long scaleBytes(ElementType type, int rows) {
    return type == ElementType.INT8 ? 4L * count(rows) * OUTPUTS : 0;
  }
}
