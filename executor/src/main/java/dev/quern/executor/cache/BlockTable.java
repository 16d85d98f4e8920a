package dev.quern.executor.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One sequence's hold on the cache: its blocks in order. Made and changed by {@link PrefixCache}.
 */
public final class BlockTable {
  final List<KvBlock> blocks = new ArrayList<>();
  private int[] ids = new int[8];

  BlockTable() {}

  void add(KvBlock block) {
    if (blocks.size() == ids.length) {
      ids = Arrays.copyOf(ids, ids.length * 2);
    }
    ids[blocks.size()] = block.id;
    blocks.add(block);
  }

  /** Ids of the blocks, the first {@link #size()} entries count; do not change. */
  public int[] ids() {
    return ids;
  }

  /** Number of blocks held. */
  public int size() {
    return blocks.size();
  }
}
