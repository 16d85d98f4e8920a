package dev.quern.sql.run;

import dev.quern.planner.cost.CallCost;
import dev.quern.planner.rel.GenerateRuntime.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * In which order conditions are asked: by cost over the share of rows that they drop, the best rule
 * for independent ones (Hellerstein and Stonebraker, "Predicate Migration", SIGMOD 1993). Guesses
 * count like {@link #GUESS_ROWS} rows seen, so that what happens soon outweighs them.
 */
final class ConditionOrder {
  private static final double GUESS_ROWS = 8;

  private final List<Condition> conditions;
  private final long[] asked;
  private final long[] passed;

  ConditionOrder(List<Condition> conditions) {
    this.conditions = conditions;
    asked = new long[conditions.size()];
    passed = new long[conditions.size()];
  }

  /** Indexes of the conditions, the first to ask first. */
  List<Integer> now() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(this::rank));
    return order;
  }

  /**
   * Notes what came of a condition.
   *
   * @param rows rows that it was asked for
   * @param kept those that it let pass
   */
  void saw(int condition, int rows, int kept) {
    asked[condition] += rows;
    passed[condition] += kept;
  }

  private double rank(int condition) {
    Condition c = conditions.get(condition);
    double selectivity =
        (passed[condition] + GUESS_ROWS * c.selectivity()) / (asked[condition] + GUESS_ROWS);
    return CallCost.rank(c.weight(), selectivity);
  }
}
