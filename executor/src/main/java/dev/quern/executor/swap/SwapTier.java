package dev.quern.executor.swap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A bounded number of slots of one block each, and which block stands in which, the one to give up
 * first in front.
 */
final class SwapTier implements AutoCloseable {
  private final SwapSlots slots;
  private final int capacity;
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final LinkedHashSet<SwappedBlock> order = new LinkedHashSet<>();
  private int used;

  /**
   * @param capacity most blocks held
   */
  SwapTier(SwapSlots slots, int capacity) {
    this.slots = slots;
    this.capacity = capacity;
  }

  int capacity() {
    return capacity;
  }

  boolean full() {
    return order.size() == capacity;
  }

  /** The block to give up first. */
  SwappedBlock first() {
    return order.getFirst();
  }

  /** Stores a block; there must be room. */
  void put(SwappedBlock block, MemorySegment content) throws IOException {
    if (full()) {
      throw new IllegalStateException("no free slot of " + capacity);
    }
    int slot = free.isEmpty() ? used : free.peekLast();
    slots.write(slot, content);
    if (slot == used) {
      used++;
    } else {
      free.removeLast();
    }
    block.tier = this;
    block.slot = slot;
    order.addLast(block);
  }

  /** The block's content, in {@code staging} or where it stands; valid until the next call. */
  MemorySegment content(SwappedBlock block, MemorySegment staging) throws IOException {
    return slots.read(block.slot, staging);
  }

  void remove(SwappedBlock block) {
    order.remove(block);
    free.addLast(block.slot);
    block.tier = null;
  }

  /** The block is wanted: it goes last. */
  void keepLong(SwappedBlock block) {
    order.addLast(block);
  }

  /** The block can be had elsewhere: it goes first. */
  void giveUpSoon(SwappedBlock block) {
    order.addFirst(block);
  }

  /** Gives the place back: memory, or room on the disk. */
  @Override
  public void close() {
    slots.close();
  }

  Set<SwappedBlock> blocks() {
    return order;
  }

  /** Proves that every slot is free or holds one block. */
  void checkIntegrity() {
    boolean[] taken = new boolean[used];
    for (SwappedBlock block : order) {
      if (block.tier != this || taken[block.slot]) {
        throw new IllegalStateException(block + " stands in a slot of another");
      }
      taken[block.slot] = true;
    }
    for (int slot : free) {
      if (taken[slot]) {
        throw new IllegalStateException("slot " + slot + " is free and taken, or free twice");
      }
      taken[slot] = true;
    }
    if (free.size() + order.size() != used || used > capacity) {
      throw new IllegalStateException(
          "free "
              + free.size()
              + " + held "
              + order.size()
              + " != used "
              + used
              + " of "
              + capacity);
    }
  }

  @Override
  public String toString() {
    return slots.toString();
  }
}
