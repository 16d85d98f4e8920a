package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A tensor off the heap. Every write counts up its version, so that packed copies know their age.
 */
final class CpuTensor implements Tensor {
  private final ElementType type;
  private final int rows;
  private final int columns;
  private final OffHeap.Block block;
  private long version;

  CpuTensor(OffHeap memory, ElementType type, int rows, int columns) {
    if (type != ElementType.F32 && type != ElementType.INT32) {
      throw new IllegalArgumentException("tensor type: expected F32 or INT32 but got " + type);
    }
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException("tensor: empty shape [" + rows + ", " + columns + "]");
    }
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    block = memory.allocate("tensor [" + rows + ", " + columns + "]", 4L * rows * columns);
  }

  MemorySegment memory() {
    return block.segment();
  }

  /** The memory, about to be written. */
  MemorySegment target() {
    version++;
    return block.segment();
  }

  long version() {
    return version;
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void close() {
    block.close();
  }
}
