package dev.quern.planner.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Heads of prompts that were asked before: a tree of fields and values. Bounded; when it is full,
 * new heads are not added.
 */
final class KnownHeads {
  private static final int MOST_NODES = 200_000;
  private static final long MOST_CHARACTERS = 1L << 24;

  /** A field and its value as a prompt holds it. */
  private record Edge(int field, String value) {}

  private static final class Node {
    private final Map<Edge, Node> children = new HashMap<>();
  }

  private final Node root = new Node();
  private int nodes;
  private long characters;

  boolean isEmpty() {
    return nodes == 0;
  }

  /** Characters of whole fields that a prompt shares with those before. */
  long characters(FieldTable table, int row, int[] fields) {
    long shared = 0;
    Node node = root;
    for (int f : fields) {
      node = node.children.get(new Edge(f, table.value(f, row)));
      if (node == null) {
        return shared;
      }
      shared += table.cost(f, table.codes(f)[row]);
    }
    return shared;
  }

  /** Rows by the longest known head that each can start with. */
  List<GroupOrder.Start> starts(FieldTable table) {
    Map<List<Integer>, Map<Node, List<Integer>>> byHead = new HashMap<>();
    List<Map.Entry<List<Integer>, Node>> inOrder = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      Path path = longest(table, row, root, new Path(root, List.of(), 0));
      int place = row;
      byHead
          .computeIfAbsent(path.fields, _ -> new HashMap<>())
          .computeIfAbsent(
              path.node,
              node -> {
                inOrder.add(Map.entry(path.fields, node));
                return new ArrayList<>();
              })
          .add(place);
    }
    return inOrder.stream()
        .map(
            entry -> start(table, entry.getKey(), byHead.get(entry.getKey()).get(entry.getValue())))
        .toList();
  }

  private record Path(Node node, List<Integer> fields, long characters) {}

  private Path longest(FieldTable table, int row, Node node, Path path) {
    Path best = path;
    for (int f = 0; f < table.fields() && !node.children.isEmpty(); f++) {
      Node child = node.children.get(new Edge(f, table.value(f, row)));
      if (child != null) {
        List<Integer> fields = new ArrayList<>(path.fields);
        fields.add(f);
        long longer = path.characters + table.cost(f, table.codes(f)[row]);
        Path found = longest(table, row, child, new Path(child, List.copyOf(fields), longer));
        if (found.characters > best.characters) {
          best = found;
        }
      }
    }
    return best;
  }

  private static GroupOrder.Start start(FieldTable table, List<Integer> head, List<Integer> rows) {
    int[] open = new int[table.fields() - head.size()];
    int n = 0;
    for (int f = 0; f < table.fields(); f++) {
      if (!head.contains(f)) {
        open[n++] = f;
      }
    }
    return new GroupOrder.Start(
        rows.stream().mapToInt(r -> r).toArray(), head.stream().mapToInt(f -> f).toArray(), open);
  }

  /**
   * Adds what a later prompt may share: the fields that a prompt has in common with the one before
   * it in the sorted order, and the field behind them.
   */
  void add(FieldTable table, FieldOrder sorted) {
    for (int i = 0; i < sorted.rows().length; i++) {
      int[] fields = sorted.fields()[i];
      int common = i == 0 ? 0 : common(table, sorted, i);
      Node node = root;
      for (int k = 0; k <= common && k < fields.length; k++) {
        String value = table.value(fields[k], sorted.rows()[i]);
        var edge = new Edge(fields[k], value);
        Node child = node.children.get(edge);
        if (child == null) {
          if (nodes == MOST_NODES || characters + value.length() > MOST_CHARACTERS) {
            break;
          }
          nodes++;
          characters += value.length();
          child = new Node();
          node.children.put(edge, child);
        }
        node = child;
      }
    }
  }

  private static int common(FieldTable table, FieldOrder sorted, int i) {
    int[] a = sorted.fields()[i - 1];
    int[] b = sorted.fields()[i];
    int k = 0;
    while (k < a.length && a[k] == b[k]) {
      int[] codes = table.codes(a[k]);
      if (codes[sorted.rows()[i - 1]] != codes[sorted.rows()[i]]) {
        break;
      }
      k++;
    }
    return k;
  }
}
