package dev.quern.planner.cost;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The tree of prompts' tokens as a prefix cache of bounded size holds it: a token that stands in it
 * need not be computed. When it is full the leaves unused for longest go first.
 */
public final class TokenTree {
  /** A run of tokens without a branch: [from, to) of a prompt. */
  private static final class Node {
    private final long id;
    private final int[] source;
    private final int from;
    private final int to;
    private final Map<Integer, Node> children = new HashMap<>();
    private Node parent;
    private int answer;
    private long lastUse;

    Node(long id, int[] source, int from, int to) {
      this.id = id;
      this.source = source;
      this.from = from;
      this.to = to;
    }

    long lastUse() {
      return lastUse;
    }

    long id() {
      return id;
    }

    int size() {
      return to - from + answer;
    }
  }

  private final long capacity;
  private final Node root = new Node(0, new int[0], 0, 0);
  private final TreeSet<Node> leaves =
      new TreeSet<>(Comparator.comparingLong(Node::lastUse).thenComparingLong(Node::id));
  private long nodes;
  private long size;

  /**
   * @param capacity tokens that it holds
   */
  public TokenTree(long capacity) {
    this.capacity = capacity;
  }

  /** Tokens that it holds, answers included. */
  public long size() {
    return size;
  }

  /**
   * Runs a prompt.
   *
   * @param answer tokens of its answer, which take room behind it
   * @return its tokens that stood in the tree: all but the last at most, as that one yields the
   *     first logits
   */
  public int add(int[] ids, int answer) {
    nodes++;
    Node node = root;
    int matched = 0;
    while (matched < ids.length) {
      Node child = node.children.get(ids[matched]);
      if (child == null) {
        break;
      }
      int common = common(child, ids, matched);
      matched += common;
      node = common < child.to - child.from ? split(child, common) : child;
      touch(node);
    }
    if (matched < ids.length) {
      append(node, ids, matched, answer);
    }
    evict();
    return Math.clamp(matched, 0, Math.max(0, ids.length - 1));
  }

  private static int common(Node child, int[] ids, int from) {
    int mismatch = Arrays.mismatch(child.source, child.from, child.to, ids, from, ids.length);
    return mismatch < 0 ? child.to - child.from : mismatch;
  }

  private void append(Node parent, int[] ids, int from, int answer) {
    leaves.remove(parent);
    var leaf = new Node(++nodes, ids, from, ids.length);
    leaf.answer = answer;
    leaf.lastUse = nodes;
    leaf.parent = parent;
    parent.children.put(ids[from], leaf);
    leaves.add(leaf);
    size += leaf.size();
  }

  /** The first {@code length} tokens of a node become its parent, which is returned. */
  private Node split(Node node, int length) {
    Node parent = node.parent;
    leaves.remove(node);
    var head = new Node(++nodes, node.source, node.from, node.from + length);
    var tail = new Node(node.id, node.source, node.from + length, node.to);
    tail.answer = node.answer;
    tail.lastUse = node.lastUse;
    tail.children.putAll(node.children);
    tail.children.values().forEach(child -> child.parent = tail);
    tail.parent = head;
    head.parent = parent;
    head.lastUse = node.lastUse;
    head.children.put(tail.source[tail.from], tail);
    parent.children.put(head.source[head.from], head);
    if (tail.children.isEmpty()) {
      leaves.add(tail);
    }
    return head;
  }

  private void touch(Node node) {
    boolean leaf = leaves.remove(node);
    node.lastUse = nodes;
    if (leaf) {
      leaves.add(node);
    }
  }

  private void evict() {
    while (size > capacity && leaves.size() > 1) {
      Node victim = leaves.pollFirst();
      Node parent = victim.parent;
      parent.children.remove(victim.source[victim.from]);
      size -= victim.size();
      if (parent != root && parent.children.isEmpty()) {
        leaves.add(parent);
      }
    }
  }
}
