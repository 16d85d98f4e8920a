package dev.quern.executor.cache;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Blocks of the tree that nobody holds, in the order in which they are given up: leaves that no
 * waiting sequence wants, least recently used first, then wanted ones, the one wanted last first
 * (Belady's rule: the order of execution is known).
 */
final class UnheldBlocks {
  private final TreeSet<KvBlock> leaves =
      new TreeSet<>(
          Comparator.<KvBlock, Turn>comparing(
                  b -> b.nextUse, Comparator.nullsFirst(Comparator.<Turn>reverseOrder()))
              .thenComparingLong(b -> b.lastUse)
              .thenComparingInt(b -> b.id));

  private Demand demand = Demand.NONE;
  private int wanted;

  void demand(Demand of) {
    demand = of;
  }

  /** Unheld blocks, leaves or not, that a waiting sequence wants. */
  int wanted() {
    return wanted;
  }

  /** Who waits for tokens like these. */
  List<Demand.Match> nearest(int[] tokens, int length) {
    return demand.nearest(tokens, length);
  }

  /** A leaf that nobody holds can be given up. */
  void addLeaf(KvBlock block) {
    leaves.add(block);
  }

  /** The block has children now, or is held. */
  void removeLeaf(KvBlock block) {
    leaves.remove(block);
  }

  boolean hasLeaf(KvBlock block) {
    return leaves.contains(block);
  }

  /** The leaf to give up; null when there is none. */
  KvBlock pollFirst() {
    KvBlock victim = leaves.pollFirst();
    if (victim != null) {
      forget(victim);
    }
    return victim;
  }

  /** The block is held or given up: nobody needs to keep it for later. */
  void forget(KvBlock block) {
    wanted -= block.nextUse == null ? 0 : 1;
    block.nextUse = null;
  }

  /** Finds anew who wants an unheld block, from its own tokens and those in front of it. */
  void rate(KvBlock block) {
    int[] path = new int[block.start + block.known];
    for (KvBlock b = block; b.parent != null; b = b.parent) {
      System.arraycopy(b.tokens, 0, path, b.start, b.known);
    }
    rate(block, demand.nearest(path, path.length));
  }

  /**
   * Notes who wants an unheld block.
   *
   * @param matches who waits for tokens that this block and those in front of it begin with
   */
  void rate(KvBlock block, List<Demand.Match> matches) {
    Turn next = null;
    for (Demand.Match match : matches) {
      int tokens = Math.min(match.tokens() - block.start, block.known);
      if (tokens > 0
          && (tokens == block.tokens.length || !besides(block, tokens))
          && (next == null || match.turn().compareTo(next) < 0)) {
        next = match.turn();
      }
    }
    boolean leaf = leaves.remove(block);
    forget(block);
    block.nextUse = next;
    wanted += next == null ? 0 : 1;
    if (leaf) {
      leaves.add(block);
    }
  }

  /** Neighbours of a block that left the tree may have become the only ones with their tokens. */
  void left(KvBlock parent, KvBlock block) {
    rateIfAlone(parent.children.lower(block), block);
    rateIfAlone(parent.children.higher(block), block);
  }

  private void rateIfAlone(KvBlock neighbour, KvBlock left) {
    if (neighbour == null || neighbour.users > 0 || neighbour.nextUse != null) {
      return;
    }
    int common = neighbour.commonPrefix(left.tokens, 0, left.known);
    if (common > 0 && !besides(neighbour, common)) {
      rate(neighbour);
    }
  }

  /** Whether a sibling holds the first tokens of the block too: one copy is enough. */
  private static boolean besides(KvBlock block, int tokens) {
    return provides(block.parent.children.lower(block), block, tokens)
        || provides(block.parent.children.higher(block), block, tokens);
  }

  private static boolean provides(KvBlock sibling, KvBlock block, int tokens) {
    return sibling != null
        && sibling.computed >= tokens
        && sibling.commonPrefix(block.tokens, 0, tokens) == tokens;
  }
}
