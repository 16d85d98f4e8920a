package dev.quern.planner.order;

/**
 * Chooses for every row the order of its fields, and the order of the rows, so that prompts share
 * as many characters as can be found at their heads. Several greedy rules are tried, GGR's among
 * them, and the best result is kept by the exact measure: none wins on every table. The same table
 * gives the same order.
 */
public final class FieldOrderSolver {
  private FieldOrderSolver() {}

  /** The best order found; rows with equal heads stand together. */
  public static FieldOrder solve(FieldTable table) {
    return best(table).starts().order();
  }

  /**
   * @param rule the rule that won; where one order for all rows did, the plainest
   */
  record Best(SharedStarts starts, Rule rule) {}

  static Best best(FieldTable table) {
    Rule plain = Rule.unlimited(new Gain(2, true, false));
    var best = new Best(SharedStarts.of(table, StatisticsOrder.of(table)), plain);
    for (Rule rule : Rule.ALL) {
      SharedStarts found = SharedStarts.of(table, GroupOrder.of(table, rule));
      if (found.characters() > best.starts().characters()) {
        best = new Best(found, rule);
      }
    }
    return best;
  }
}
