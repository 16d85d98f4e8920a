package dev.quern.executor.cache;

import java.util.List;

/**
 * Where the contents of blocks go that the prefix cache gives up, and from where they come back.
 * Called in order with the device's work, by the cache's owner.
 */
public interface EvictedBlocks {
  /** Evicted blocks are gone. */
  EvictedBlocks NONE =
      new EvictedBlocks() {
        @Override
        public void keep(long parentHash, TokenPath path, int block) {}

        @Override
        public List<Kept> find(long parentHash, TokenPath parent, int[] tokens, int from, int to) {
          return List.of();
        }

        @Override
        public int blocks() {
          return 0;
        }
      };

  /** Tokens whose keys and values can be had. */
  interface Kept {
    /** Leading tokens of the block that were asked for and are there. */
    int tokens();

    /** Fills a block of the device; false when the content cannot be had any more. */
    boolean load(int block);
  }

  /**
   * A block is about to be overwritten. It may be kept.
   *
   * @param parentHash chained hash of the block in front
   * @param path its tokens; the keys and values of all of them stand in the block
   * @param block id on the device
   */
  void keep(long parentHash, TokenPath path, int block);

  /**
   * What is kept of consecutive blocks: all but the last are whole, the last may match in part.
   *
   * @param parentHash chained hash of the block in front of the first wanted
   * @param parent its path if it has one, else null
   * @param from place of the first wanted token, at the start of a block
   * @param to end of the wanted tokens
   */
  List<Kept> find(long parentHash, TokenPath parent, int[] tokens, int from, int to);

  /** Number of blocks whose contents are kept. */
  int blocks();
}
