package dev.quern.planner.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.planner.Plans;
import org.apache.calcite.plan.RelOptPredicateList;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSimplify;
import org.apache.calcite.rex.RexUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectivityTest {
  /** Conditions over {@code body}, a text, and {@code place = 'x'}, taken for a given share. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "body = 'x'; 0.1",
        "body <> 'x'; 0.9",
        "body IN ('a', 'b', 'c'); 0.3",
        "body NOT IN ('a', 'b'); 0.8",
        "body = 'x' AND place = 'y'; 0.01",
        "body = 'x' OR place <> 'y'; 0.91",
        "NOT (body LIKE 'x%'); 0.75",
        "score > 3; 0.333",
        "body IS NOT NULL; 0.9",
      })
  void sharesMultiply(String condition, double share) {
    var filter = (Filter) Plans.of("SELECT * FROM docs WHERE " + condition).getInput(0);
    // As the planner hands it on: IN is a set of points.
    var simplify =
        new RexSimplify(
            filter.getCluster().getRexBuilder(), RelOptPredicateList.EMPTY, RexUtil.EXECUTOR);
    RexNode simplified = simplify.simplifyUnknownAsFalse(filter.getCondition());
    assertEquals(share, Selectivity.of(simplified, column -> 0.5), 0.001);
  }
}
