package dev.quern.planner.order;

import java.util.Arrays;

/**
 * The tree of prompts, a node for each value behind the fields before it. What prompts share is the
 * sum over nodes of the rows through them, less one, times the node's characters; the start that
 * different values share is left out. Nodes are found in an open-addressed table: the solver builds
 * a tree for each rule.
 */
final class FieldTree {
  /** Stands for the name of a field, which values that differ still share. */
  private static final int NAME = -1;

  private final FieldTable table;
  private final int[] parent;
  private final int[] field;
  private final int[] code;
  private long shared;

  private FieldTree(FieldTable table) {
    this.table = table;
    int room = Integer.highestOneBit(Math.max(1, table.rows() * table.fields())) * 8;
    parent = new int[room];
    field = new int[room];
    code = new int[room];
    Arrays.fill(parent, -1);
  }

  /** Characters of whole fields that prompts share at their heads under this order. */
  static long shared(FieldTable table, FieldOrder order) {
    var tree = new FieldTree(table);
    for (int i = 0; i < order.rows().length; i++) {
      tree.add(order.rows()[i], order.fields()[i]);
    }
    return tree.shared;
  }

  private void add(int row, int[] fields) {
    int node = parent.length; // the root, which is no slot
    boolean known = true;
    for (int f : fields) {
      int value = table.codes(f)[row];
      boolean named = !insert(node, f, NAME);
      int slot = find(node, f, value);
      if (insert(node, f, value)) {
        if (known && named) {
          shared += table.nameCost(f);
        }
        known = false;
      } else if (known) {
        shared += table.cost(f, value);
      }
      node = slot;
    }
  }

  /** Whether the node is new. */
  private boolean insert(int node, int f, int value) {
    int slot = find(node, f, value);
    if (parent[slot] >= 0) {
      return false;
    }
    parent[slot] = node;
    field[slot] = f;
    code[slot] = value;
    return true;
  }

  /** The node's slot, or the free one where it belongs. */
  private int find(int node, int f, int value) {
    int mask = parent.length - 1;
    long hash = ((node * 31L + f) * 0x9E3779B97F4A7C15L + value) * 0xD6E8FEB86659FD93L;
    int slot = (int) (hash >>> 32) & mask;
    while (parent[slot] >= 0 && (parent[slot] != node || field[slot] != f || code[slot] != value)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
