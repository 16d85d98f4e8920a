package dev.quern.executor.swap;

import java.lang.foreign.MemorySegment;

/** Moves whole KV blocks, all layers, between a device or its ranks and host memory. */
public interface BlockTransfer {
  /** Bytes of one block in exported form, over all ranks. */
  long blockBytes();

  /**
   * Copies blocks out. The form is {@link dev.quern.executor.device.Device#exportBlocks}, each rank
   * with its part behind that of the one before.
   *
   * @param target at least {@link #blockBytes} for each block; reached from other threads
   */
  void exportBlocks(int[] blocks, MemorySegment target);

  /** Copies blocks in: the bits are those that were exported. */
  void importBlocks(int[] blocks, MemorySegment source);

  /** Whether the device's blocks lie in the host's memory themselves. */
  boolean usesHostMemory();
}
