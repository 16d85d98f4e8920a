package dev.quern.executor.engine;

import dev.quern.executor.cache.CachedPrefixes;
import dev.quern.executor.engine.PromptRows.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * The radix tree of some prompts: a node ends where prompts part or one ends. Built in one pass
 * over the prompts in order, with the path to the last one on a stack.
 */
final class PromptTree {
  /** Tokens {@code from} to {@code to} of a prompt, and sums over it and all beneath. */
  static final class Node {
    final int[] tokens;
    private int from;
    final int to;
    final List<Node> children = new ArrayList<>();
    int cachedTokens;
    int running;
    int waiting;
    int done;
    int nodesBeneath;
    long tokensBeneath;
    long cachedBeneath;

    private Node(int[] tokens, int from, int to) {
      this.tokens = tokens;
      this.from = from;
      this.to = to;
    }

    int from() {
      return from;
    }

    int rows() {
      return running + waiting + done;
    }

    private void count(Row row) {
      switch (row.state()) {
        case RUNNING -> running++;
        case WAITING -> waiting++;
        case DONE -> done++;
      }
    }

    private void adopt(Node child) {
      children.add(child);
      running += child.running;
      waiting += child.waiting;
      done += child.done;
      nodesBeneath += 1 + child.nodesBeneath;
      tokensBeneath += child.to - child.from + child.tokensBeneath;
      cachedBeneath += child.cachedTokens + child.cachedBeneath;
    }
  }

  private final CachedPrefixes cached;
  private final Deque<Node> path = new ArrayDeque<>();

  private PromptTree(CachedPrefixes cached) {
    this.cached = cached;
  }

  /** The root, which has no tokens, with the tree beneath. */
  static Node of(PromptRows prompts) {
    return new PromptTree(prompts.cached()).build(prompts.rows());
  }

  private Node build(List<Row> unordered) {
    List<Row> rows = new ArrayList<>(unordered);
    rows.sort(
        Comparator.comparing(
            r -> r,
            (a, b) -> Arrays.compare(a.tokens(), 0, a.length(), b.tokens(), 0, b.length())));
    path.push(new Node(new int[0], 0, 0));
    Row before = null;
    for (Row row : rows) {
      int common = before == null ? 0 : common(before, row);
      close(common);
      if (row.length() > common) {
        path.push(new Node(row.tokens(), common, row.length()));
      }
      path.element().count(row);
      before = row;
    }
    close(0);
    return path.pop();
  }

  private static int common(Row a, Row b) {
    int mismatch = Arrays.mismatch(a.tokens(), 0, a.length(), b.tokens(), 0, b.length());
    return mismatch < 0 ? a.length() : mismatch;
  }

  /** Takes off the path what reaches beyond {@code depth}, so that the path ends there. */
  private void close(int depth) {
    while (path.element().to > depth) {
      Node node = path.pop();
      Node above = path.element();
      if (above.to < depth) {
        above = new Node(node.tokens, above.to, depth);
        path.push(above);
        node.from = depth;
      }
      node.cachedTokens = Math.max(0, cached.cachedTokens(node.tokens, node.to) - node.from);
      above.adopt(node);
    }
  }
}
