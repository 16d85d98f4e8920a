package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;

/** Working memory that grows to the largest need and is kept, so that a step does not allocate. */
final class Scratch implements AutoCloseable {
  private final OffHeap memory;
  private final String name;
  private OffHeap.Block block;

  Scratch(OffHeap memory, String name) {
    this.memory = memory;
    this.name = name;
  }

  /** At least {@code bytes}; earlier contents may be gone. */
  MemorySegment require(long bytes) {
    if (block == null || block.size() < bytes) {
      close();
      block = memory.allocate(name, bytes + bytes / 4);
    }
    return block.segment();
  }

  @Override
  public void close() {
    if (block != null) {
      block.close();
      block = null;
    }
  }
}
