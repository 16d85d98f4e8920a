package dev.quern.executor.cache;

import java.util.Arrays;

/**
 * The tokens of a block and, through its parents, of all blocks in front of it. Blocks that share a
 * prefix share its part of the path.
 */
public final class TokenPath {
  private final TokenPath parent; // null in front of the first block
  private final int from;
  private final int[] tokens;

  /**
   * @param parent path of the block in front, null for a first block
   * @param tokens of the block, the first {@code count} count
   */
  public TokenPath(TokenPath parent, int[] tokens, int count) {
    this.parent = parent;
    this.tokens = Arrays.copyOf(tokens, count);
    from = parent == null ? 0 : parent.from + parent.tokens.length;
  }

  /** Tokens of the block. */
  public int length() {
    return tokens.length;
  }

  /** Something to look for: the ids of one block, without what stands in front. */
  public static TokenPath probe(int[] ids, int from, int to) {
    return new TokenPath(null, Arrays.copyOfRange(ids, from, to), to - from);
  }

  /** The block's chained hash behind that of its parent. */
  public long chain(long parentHash) {
    return ContentHash.chain(parentHash, tokens, 0, tokens.length);
  }

  /** Order by the block's own tokens. */
  public int compareOwn(TokenPath other) {
    return Arrays.compare(tokens, other.tokens);
  }

  /** Leading tokens of the block equal to those of {@code ids} from its place up to {@code to}. */
  public int common(int[] ids, int to) {
    int most = Math.min(tokens.length, to - from);
    int mismatch = Arrays.mismatch(tokens, 0, most, ids, from, from + most);
    return mismatch < 0 ? most : mismatch;
  }

  /** Whether the other block's tokens begin with all of this one's. */
  public boolean begins(TokenPath other) {
    return tokens.length <= other.tokens.length
        && Arrays.mismatch(tokens, 0, tokens.length, other.tokens, 0, tokens.length) < 0;
  }

  /**
   * Whether {@code ids} are the tokens of all blocks in front of this one.
   *
   * @param position tokens in front of this block
   * @param proven a path known to stand for the leading ids, or null: the walk ends there
   */
  public boolean follows(int[] ids, int position, TokenPath proven) {
    if (from != position) {
      return false;
    }
    for (TokenPath p = parent; p != null && p != proven; p = p.parent) {
      if (p.common(ids, position) < p.tokens.length) {
        return false;
      }
    }
    return true;
  }
}
