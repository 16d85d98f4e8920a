package dev.quern.executor.swap;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.cache.BlockTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Device blocks whose "keys and values" are a number that depends on a token and all before it, so
 * that a slot shows for which tokens it was computed.
 */
final class FakeBlocks implements BlockTransfer {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final long[][] blocks;
  private final int blockSize;
  int exported;
  int imported;

  FakeBlocks(int count, int blockSize) {
    this.blockSize = blockSize;
    blocks = new long[count][blockSize];
  }

  private static long expected(int[] tokens, int position) {
    long h = 17;
    for (int i = 0; i <= position; i++) {
      h = h * 1_000_003 + tokens[i] + 1;
    }
    return h;
  }

  void compute(BlockTable table, int[] tokens, int from, int to) {
    for (int p = from; p < to; p++) {
      blocks[table.ids()[p / blockSize]][p % blockSize] = expected(tokens, p);
    }
  }

  void copy(BlockCopy copy) {
    System.arraycopy(blocks[copy.from()], 0, blocks[copy.to()], 0, copy.tokens());
  }

  /** The first place up to {@code length} whose content is not that of these tokens, or -1. */
  int firstWrong(BlockTable table, int[] tokens, int length) {
    for (int p = 0; p < length; p++) {
      if (blocks[table.ids()[p / blockSize]][p % blockSize] != expected(tokens, p)) {
        return p;
      }
    }
    return -1;
  }

  @Override
  public long blockBytes() {
    return 8L * blockSize;
  }

  @Override
  public void exportBlocks(int[] ids, MemorySegment target) {
    exported += ids.length;
    for (int i = 0; i < ids.length; i++) {
      for (int s = 0; s < blockSize; s++) {
        target.set(LONG, i * blockBytes() + 8L * s, blocks[ids[i]][s]);
      }
    }
  }

  @Override
  public void importBlocks(int[] ids, MemorySegment source) {
    imported += ids.length;
    for (int i = 0; i < ids.length; i++) {
      for (int s = 0; s < blockSize; s++) {
        blocks[ids[i]][s] = source.get(LONG, i * blockBytes() + 8L * s);
      }
    }
  }

  @Override
  public boolean usesHostMemory() {
    return false;
  }
}
