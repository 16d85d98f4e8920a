package dev.quern.executor.engine;

import java.util.List;

/**
 * The prompts of what an engine runs and has waiting, as the tree of what they share: for people to
 * look at. Rows that have ended while somebody looked count as done while others of their batch are
 * not; somebody looks until a minute behind the last look.
 *
 * @param roots trees of prompts that share no first token, most rows first
 * @param rest what is left out beside the roots
 * @param running rows that hold a place in the cache
 * @param waiting rows that do not
 * @param done rows that have ended
 * @param promptTokens of all these rows
 * @param treeTokens of the tree: what is left of {@code promptTokens} when shared ones count once
 * @param cachedTokens those of the tree whose keys and values are in the cache
 */
public record PrefixTreeView(
    List<Node> roots,
    Rest rest,
    int running,
    int waiting,
    int done,
    long promptTokens,
    long treeTokens,
    long cachedTokens) {

  /** Of an engine that has nothing to do, has ended, or keeps no tree. */
  public static final PrefixTreeView EMPTY =
      new PrefixTreeView(List.of(), Rest.NONE, 0, 0, 0, 0, 0, 0);

  public PrefixTreeView {
    roots = List.copyOf(roots);
  }

  /** Whether there are no rows. */
  public boolean isEmpty() {
    return running + waiting + done == 0;
  }

  /**
   * Tokens that all rows beneath share behind those of the nodes above.
   *
   * @param text the start of their text, at most 80 characters; empty without a tokenizer
   * @param tokens number of tokens, at least 1
   * @param cachedTokens those whose keys and values are in the cache
   * @param running rows beneath, those that end here included, that hold a place in the cache
   * @param waiting rows beneath that do not
   * @param done rows beneath that have ended
   * @param children what follows, most rows first
   * @param rest children that are left out, and all beneath them
   */
  public record Node(
      String text,
      int tokens,
      int cachedTokens,
      int running,
      int waiting,
      int done,
      List<Node> children,
      Rest rest) {
    public Node {
      children = List.copyOf(children);
    }

    /** Rows beneath, in any state. */
    public int rows() {
      return running + waiting + done;
    }
  }

  /**
   * Nodes that are left out, in sum.
   *
   * @param nodes number of nodes
   * @param tokens their tokens
   * @param cachedTokens those whose keys and values are in the cache
   * @param rows rows beneath them
   */
  public record Rest(int nodes, long tokens, long cachedTokens, int rows) {
    public static final Rest NONE = new Rest(0, 0, 0, 0);
  }
}
