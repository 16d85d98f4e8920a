package dev.quern.planner.order;

import java.util.List;

/**
 * Chooses for every row the order of its fields, and the order of the rows, so that prompts share
 * as many characters as can be found at their heads. Several greedy rules are tried and the best
 * result is kept: none wins on every table. The same table gives the same order.
 */
public final class FieldOrderSolver {
  /** Rules that each won on some table; see planner/README.md. */
  private static final List<Gain> RULES =
      List.of(new Gain(2, false), new Gain(2, true), new Gain(1.5, true));

  private FieldOrderSolver() {}

  /** The best order found; rows with equal heads stand together. */
  public static FieldOrder solve(FieldTable table) {
    FieldOrder best = StatisticsOrder.of(table);
    long shared = FieldTree.shared(table, best);
    for (Gain gain : RULES) {
      FieldOrder order = GroupOrder.of(table, gain);
      long found = FieldTree.shared(table, order);
      if (found > shared) {
        shared = found;
        best = order;
      }
    }
    return best;
  }
}
