package dev.quern.planner.pass;

import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.rules.CoreRules;

/**
 * Plain filters, limits, sorts and DISTINCT go as far down as they can, below the model calls above
 * all; so do calls that a left join would only repeat.
 */
public final class PushDown implements Pass {
  private static final List<RelOptRule> RULES =
      List.of(
          LimitBelowGenerate.rule(),
          DistinctBelowGenerate.rule(),
          GenerateBelowJoin.rule(),
          CoreRules.FILTER_PROJECT_TRANSPOSE,
          CoreRules.FILTER_INTO_JOIN,
          CoreRules.JOIN_CONDITION_PUSH,
          CoreRules.FILTER_AGGREGATE_TRANSPOSE,
          CoreRules.FILTER_SET_OP_TRANSPOSE,
          CoreRules.FILTER_MERGE,
          CoreRules.SORT_PROJECT_TRANSPOSE,
          CoreRules.PROJECT_MERGE,
          CoreRules.PROJECT_REMOVE);

  @Override
  public RelNode apply(RelNode root) {
    var planner =
        new HepPlanner(
            HepProgram.builder()
                .addGroupBegin()
                .addRuleCollection(FilterBelowGenerate.rules())
                .addRuleCollection(RULES)
                .addGroupEnd()
                .build());
    planner.setRoot(root);
    return planner.findBestExp();
  }
}
