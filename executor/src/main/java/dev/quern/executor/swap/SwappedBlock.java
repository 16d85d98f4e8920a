package dev.quern.executor.swap;

import dev.quern.executor.cache.TokenPath;

/** A block's content outside of the device: what it stands for and where it is. */
final class SwappedBlock implements Comparable<SwappedBlock> {
  final long parentHash;
  final TokenPath path;

  /** The block's own chained hash: its children stand under it. */
  final long hash;

  SwapTier tier;
  int slot;

  /** The tree of the device has the content too: it can be dropped without loss. */
  boolean loaded;

  SwappedBlock(long parentHash, TokenPath path) {
    this.parentHash = parentHash;
    this.path = path;
    hash = path.chain(parentHash);
  }

  /**
   * By parent, then by the block's own tokens. Two paths under one hash are one key only where
   * hashes collide; whoever reads compares the whole path.
   */
  @Override
  public int compareTo(SwappedBlock other) {
    return parentHash != other.parentHash
        ? Long.compare(parentHash, other.parentHash)
        : path.compareOwn(other.path);
  }

  @Override
  public String toString() {
    return "swapped block of " + path.length() + " tokens in slot " + slot + " of " + tier;
  }
}
