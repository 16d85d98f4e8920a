package dev.quern.planner.order;

import java.util.ArrayList;
import java.util.List;

/**
 * Chooses for every row the order of its fields, and the order of the rows, so that prompts share
 * as many characters as can be found at their heads. Several greedy rules are tried, GGR's among
 * them on every table, and the best result is kept by the exact measure: none wins on every table.
 * The same table gives the same order.
 */
public final class FieldOrderSolver {
  /** Rows * fields from which on a sample says which of the unlimited rules is tried. */
  private static final int SAMPLED = 100_000;

  private static final int SAMPLE_STEP = 5;

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
    for (Rule rule : rules(table)) {
      SharedStarts found = SharedStarts.of(table, GroupOrder.of(table, rule));
      if (found.characters() > best.starts().characters()) {
        best = new Best(found, rule);
      }
    }
    return best;
  }

  private static List<Rule> rules(FieldTable table) {
    List<Rule> rules = new ArrayList<>(List.of(Rule.GGR, Rule.GGR_LIMITED));
    if ((long) table.rows() * table.fields() < SAMPLED) {
      rules.addAll(Rule.UNLIMITED);
      return rules;
    }
    Rule best = null;
    long shared = -1;
    for (Rule rule : Rule.UNLIMITED) {
      FieldOrder order = GroupOrder.sample(table, rule, SAMPLE_STEP);
      long found = SharedStarts.of(table, order).characters();
      if (found > shared) {
        shared = found;
        best = rule;
      }
    }
    rules.addFirst(best);
    return rules;
  }
}
