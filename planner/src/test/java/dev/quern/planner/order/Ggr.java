package dev.quern.planner.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The greedy recursion of "Optimizing LLM Queries in Relational Data Analytics Workloads" (MLSys
 * 2025), written down plainly: what the solver is compared with. Lengths are those of the values
 * alone, as there.
 */
final class Ggr {
  /** How far a row of the recursion goes; the paper uses 4, 2 and 100,000. */
  record Limits(int rowDepth, int columnDepth, long minGain) {
    static final Limits PAPER = new Limits(4, 2, 100_000);

    /** Those of the published comparison script's run "without limits". */
    static final Limits WIDE = new Limits(400, 6, 1);

    static final Limits NONE = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, 1);
  }

  private final List<List<String>> fields;
  private final Limits limits;
  private final List<Integer> rows = new ArrayList<>();
  private final List<int[]> orders = new ArrayList<>();

  private Ggr(List<List<String>> fields, Limits limits) {
    this.fields = fields;
    this.limits = limits;
  }

  /**
   * @param fields values, [field][row]
   */
  static FieldOrder of(List<List<String>> fields, Limits limits) {
    var ggr = new Ggr(fields, limits);
    List<Integer> all = new ArrayList<>();
    for (int r = 0; r < fields.getFirst().size(); r++) {
      all.add(r);
    }
    List<Integer> open = new ArrayList<>();
    for (int f = 0; f < fields.size(); f++) {
      open.add(f);
    }
    ggr.visit(all, open, List.of(), 0, 0);
    return new FieldOrder(
        ggr.rows.stream().mapToInt(r -> r).toArray(), ggr.orders.toArray(int[][]::new));
  }

  /** The recursion on what is left is a loop here: it may go deeper than a stack. */
  private void visit(
      List<Integer> members, List<Integer> open, List<Integer> head, int rowDepth, int depth) {
    List<Integer> left = members;
    for (int level = rowDepth; ; level++) {
      if (left.size() <= 1 || open.size() <= 1) {
        emit(left, head, open);
        return;
      }
      Best best = level >= limits.rowDepth || depth >= limits.columnDepth ? null : best(left, open);
      if (best == null || best.gain < limits.minGain) {
        emit(left, head, byStatistics(left, open));
        return;
      }
      List<Integer> inside = new ArrayList<>();
      List<Integer> rest = new ArrayList<>();
      for (int row : left) {
        (fields.get(best.field).get(row).equals(best.value) ? inside : rest).add(row);
      }
      List<Integer> others = new ArrayList<>(open);
      others.remove(Integer.valueOf(best.field)); // the element
      List<Integer> longer = new ArrayList<>(head);
      longer.add(best.field);
      visit(inside, others, longer, level, depth + 1);
      left = rest;
    }
  }

  private record Best(int field, String value, long gain) {}

  private Best best(List<Integer> members, List<Integer> open) {
    Best best = null;
    for (int field : open) {
      Map<String, Integer> counts = new LinkedHashMap<>();
      for (int row : members) {
        counts.merge(fields.get(field).get(row), 1, Integer::sum);
      }
      for (Map.Entry<String, Integer> entry : counts.entrySet()) {
        long length = entry.getKey().length();
        long gain = length * length * (entry.getValue() - 1);
        if (gain > (best == null ? 0 : best.gain)) {
          best = new Best(field, entry.getKey(), gain);
        }
      }
    }
    return best;
  }

  private List<Integer> byStatistics(List<Integer> members, List<Integer> open) {
    Map<Integer, Double> gains = new HashMap<>();
    for (int field : open) {
      double length = 0;
      var distinct = new HashSet<String>();
      for (int row : members) {
        length += fields.get(field).get(row).length();
        distinct.add(fields.get(field).get(row));
      }
      double mean = length / members.size();
      gains.put(field, mean * mean * ((double) members.size() / distinct.size() - 1));
    }
    List<Integer> order = new ArrayList<>(open);
    order.sort(Comparator.comparingDouble((Integer f) -> -gains.get(f)).thenComparingInt(f -> f));
    return order;
  }

  private void emit(List<Integer> members, List<Integer> head, List<Integer> open) {
    int[] order = new int[head.size() + open.size()];
    Arrays.setAll(order, i -> i < head.size() ? head.get(i) : open.get(i - head.size()));
    for (int row : members) {
      rows.add(row);
      orders.add(order);
    }
  }
}
