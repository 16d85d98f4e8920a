package dev.quern.executor.device.cpu;

import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.ActivationGroups;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Activations as a product reads them, in blocks of rows; the struct {@code Rows} of weight.h. One
 * object is filled again and again, its memory grows to the largest need.
 */
final class PackedRows implements AutoCloseable {
  /** Most rows of a block; a chunk's last two blocks are evened out. */
  static final int BLOCK = 12;

  private final Kernels kernels;
  private final Scratch dataMemory;
  private final Scratch scaleMemory;
  private final Scratch sumMemory;
  private final MemorySegment header = Arena.ofAuto().allocate(40, 8);
  private MemorySegment data;
  private MemorySegment scales;
  private boolean quantized;
  private int rows;
  private int columns;
  private int levels;

  PackedRows(OffHeap memory, Kernels kernels) {
    this.kernels = kernels;
    dataMemory = new Scratch(memory, "packed activations");
    scaleMemory = new Scratch(memory, "activation scales");
    sumMemory = new Scratch(memory, "activation sums");
  }

  /**
   * The sums of integers that products with this format need, a bit each for groups of 16, 32, 64
   * and 128 inputs.
   */
  static int levels(WeightFormat format) {
    return switch (format) {
      case WeightFormat.Integers integers ->
          integers.group() == WeightFormat.WHOLE_ROW ? 8 : integers.group() >> 4;
      case WeightFormat.Ccq _ -> WeightFormat.Ccq.GROUP >> 4;
      case WeightFormat.Floats _, WeightFormat.Fp8Blocks _ -> 0;
    };
  }

  /** Room for float32 activations. */
  void floats(int rows, int columns) {
    shape(false, rows, columns, 0);
    data = dataMemory.require(4L * rows * columns);
    describe();
  }

  /** Room for int8 activations. */
  void integers(int rows, int columns, int levels) {
    shape(true, rows, columns, levels);
    data = dataMemory.require(rows * kernels.quantizedBytes(columns));
    scales = scaleMemory.require(4L * rows * ActivationGroups.count(columns));
    long sums = 0;
    for (int level = 0; level < 4; level++) {
      int size = 16 << level;
      sums += (levels >> level & 1) * (long) ((columns + size - 1) / size);
    }
    header.set(ValueLayout.JAVA_LONG, 16, address(sumMemory.require(4L * rows * sums)));
    header.set(ValueLayout.JAVA_LONG, 8, address(scales));
    describe();
  }

  private void shape(boolean quantized, int rows, int columns, int levels) {
    this.quantized = quantized;
    this.rows = rows;
    this.columns = columns;
    this.levels = levels;
  }

  private void describe() {
    header.set(ValueLayout.JAVA_LONG, 0, address(data));
    header.set(ValueLayout.JAVA_INT, 24, rows);
    header.set(ValueLayout.JAVA_INT, 28, columns);
    header.set(ValueLayout.JAVA_INT, 32, levels);
  }

  private static long address(MemorySegment segment) {
    return segment.address();
  }

  /**
   * Rows of the block that starts at row r; as {@code rows_at} in weight.h, but for chunks on AMX:
   * those are one block, of which any rows can be quantized together.
   */
  static int blockRows(int r, int rows) {
    int left = Math.min(rows, (r / Kernels.CHUNK + 1) * Kernels.CHUNK) - r;
    return left >= 2 * BLOCK ? BLOCK : left > BLOCK ? (left + 1) / 2 : left;
  }

  /** Rows from r on that are quantized together: four, fewer at a block's end. */
  static int fourRows(int r, int rows) {
    int first = r / Kernels.CHUNK * Kernels.CHUNK;
    int block = blockRows(first, rows);
    for (; first + block <= r; block = blockRows(first, rows)) {
      first += block;
    }
    return Math.min(4, first + block - r);
  }

  boolean quantized() {
    return quantized;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** The levels for which sums are kept. */
  int levels() {
    return levels;
  }

  MemorySegment data() {
    return data;
  }

  MemorySegment scales() {
    return scales;
  }

  MemorySegment header() {
    return header;
  }

  @Override
  public void close() {
    dataMemory.close();
    scaleMemory.close();
    sumMemory.close();
  }
}
