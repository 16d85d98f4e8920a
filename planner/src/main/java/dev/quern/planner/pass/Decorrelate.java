package dev.quern.planner.pass;

import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.sql2rel.TopDownGeneralDecorrelator;

/**
 * Sub-queries become joins, so that none runs (and none calls the model) once an outer row: first
 * correlated joins, then plain ones ("Unnesting Arbitrary Queries", Neumann and Kemper, BTW 2015,
 * in Calcite's {@link TopDownGeneralDecorrelator}).
 */
public final class Decorrelate implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    var planner =
        new HepPlanner(
            HepProgram.builder()
                .addRuleCollection(
                    List.of(
                        CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
                        CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
                        CoreRules.JOIN_SUB_QUERY_TO_CORRELATE))
                .build());
    planner.setRoot(PlainSubQueries.of(root));
    return decorrelated(ConstantKeys.guard(NestedCorrelations.flatten(planner.findBestExp())));
  }

  /** Each correlated join by itself, as Calcite mixes up two of them side by side. */
  private static RelNode decorrelated(RelNode root) {
    // One that depends on a row further out is taken apart with that row's.
    return BottomUp.rewrite(
        root,
        node ->
            node instanceof Correlate && RelOptUtil.getVariablesUsed(node).isEmpty()
                ? TopDownGeneralDecorrelator.decorrelateQuery(
                    node, RelFactories.LOGICAL_BUILDER.create(node.getCluster(), null))
                : node);
  }
}
