package dev.quern.executor.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A copy of the tree of cached prefixes, for readers outside of the cache's thread. The tokens are
 * the blocks' own: those that a block names are not given other values as long as the block is in
 * the tree, and a block that has left it is not used again.
 */
public final class CachedPrefixes {
  /**
   * A block.
   *
   * @param known tokens that it names; the first {@code computed} of them have keys and values
   * @param children in the order of their known tokens
   */
  private record Node(int[] tokens, int known, int computed, List<Node> children) {
    static Node of(KvBlock block) {
      return new Node(
          block.tokens,
          block.known,
          Math.min(block.computed, block.known),
          block.children.isEmpty() ? List.of() : new ArrayList<>(block.children.size()));
    }

    /** The first child that is not in front of these tokens in order. */
    int ceiling(int[] ids, int from, int to) {
      int low = 0;
      int high = children.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        Node child = children.get(middle);
        if (Arrays.compare(child.tokens, 0, child.known, ids, from, to) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** Leading tokens of this block that are these and have keys and values. */
    int common(int[] ids, int from, int to) {
      int most = Math.min(computed, to - from);
      int mismatch = Arrays.mismatch(tokens, 0, most, ids, from, from + most);
      return mismatch < 0 ? most : mismatch;
    }
  }

  private final Node root;

  private CachedPrefixes(Node root) {
    this.root = root;
  }

  /** Copies a tree; no recursion, since it is as deep as prompts are long in blocks. */
  static CachedPrefixes of(KvBlock root) {
    record Open(KvBlock block, Node copy) {}
    Node top = Node.of(root);
    List<Open> open = new ArrayList<>(List.of(new Open(root, top)));
    while (!open.isEmpty()) {
      Open next = open.removeLast();
      for (KvBlock child : next.block().children) {
        Node copy = Node.of(child);
        next.copy().children().add(copy);
        if (!child.children.isEmpty()) {
          open.add(new Open(child, copy));
        }
      }
    }
    return new CachedPrefixes(top);
  }

  /** Number of leading ones of the first {@code length} tokens whose keys and values are there. */
  public int cachedTokens(int[] tokens, int length) {
    int position = 0;
    Node node = root;
    while (position < length && !node.children.isEmpty()) {
      // Neighbours in order share most.
      int end = Math.min(length, position + node.children.getFirst().tokens.length);
      int above = node.ceiling(tokens, position, end);
      Node best = null;
      int most = 0;
      for (int i = Math.max(0, above - 1); i <= above && i < node.children.size(); i++) {
        int common = node.children.get(i).common(tokens, position, end);
        if (common > most) {
          most = common;
          best = node.children.get(i);
        }
      }
      position += most;
      if (best == null || most < best.tokens.length) {
        break;
      }
      node = best;
    }
    return position;
  }
}
