package dev.quern.executor.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * A block of keys and values: up to {@code blockSize} consecutive tokens behind those of its
 * parent.
 *
 * <p>{@code known} tokens are named here, the first {@code computed} of them have their keys and
 * values in the block. A published block (one that stands in the tree under its {@code known}
 * tokens) with {@code computed < known} is a promise: its owner is prefilling it.
 */
final class KvBlock implements Comparable<KvBlock> {
  /** Root of a tree: holds no tokens and no memory. */
  static final int NO_ID = -1;

  final int id;
  final int[] tokens;
  int known;
  int computed;

  /** The block in front of this one in the tree; null for the root and for unpublished blocks. */
  KvBlock parent;

  /** Blocks behind this one, ordered by their known tokens; only a full block has any. */
  final TreeSet<KvBlock> children = new TreeSet<>();

  /** Sequences that hold the block. A held block's ancestors are held too. */
  int users;

  /** Position of the first token; counts while published. */
  int start;

  /** First waiting sequence that wants the block; null while held, and when none does. */
  Turn nextUse;

  /** Clock of the last release, for least-recently-used eviction. */
  long lastUse;

  /** Chained content hash: (model and layout, tokens of all blocks up to this one). */
  long hash;

  /** What {@link #path} made of the block's place in the tree. */
  private TokenPath path;

  KvBlock(int id, int blockSize) {
    this.id = id;
    this.tokens = new int[blockSize];
  }

  boolean published() {
    return parent != null;
  }

  boolean full() {
    return known == tokens.length;
  }

  /** The block's tokens behind those of its ancestors; null for the root. */
  TokenPath path() {
    List<KvBlock> unnamed = new ArrayList<>();
    for (KvBlock b = this; b.parent != null && b.path == null; b = b.parent) {
      unnamed.add(b);
    }
    for (KvBlock b : unnamed.reversed()) {
      b.path = new TokenPath(b.parent.path, b.tokens, b.known);
    }
    return path;
  }

  /** The block leaves its place in the tree. */
  void unpublish() {
    parent = null;
    path = null;
  }

  /** Number of leading tokens equal to those of {@code ids} from {@code from} up to {@code to}. */
  int commonPrefix(int[] ids, int from, int to) {
    int most = Math.min(known, to - from);
    int mismatch = Arrays.mismatch(tokens, 0, most, ids, from, from + most);
    return mismatch < 0 ? most : mismatch;
  }

  /**
   * Order by known tokens among siblings; equality stays identity, so keep out of other sorted
   * sets.
   */
  @Override
  public int compareTo(KvBlock other) {
    return Arrays.compare(tokens, 0, known, other.tokens, 0, other.known);
  }

  @Override
  public String toString() {
    return "block " + id + " (" + computed + "/" + known + " tokens, " + users + " users)";
  }
}
