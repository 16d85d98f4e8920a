package dev.quern.executor.swap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Numbered places of one block's bytes each. */
interface SwapSlots extends AutoCloseable {
  /** Stores a block's bytes; a slot that is written first time is the next behind the last one. */
  void write(int slot, MemorySegment content) throws IOException;

  /**
   * The bytes of a slot.
   *
   * @param staging room for them, used where they cannot be read in place
   * @throws IOException also when they are not those that were written
   */
  MemorySegment read(int slot, MemorySegment staging) throws IOException;

  @Override
  void close();
}
