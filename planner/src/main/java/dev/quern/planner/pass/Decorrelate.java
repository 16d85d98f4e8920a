package dev.quern.planner.pass;

import java.util.List;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.sql2rel.RelDecorrelator;

/** Sub-queries become joins, so that none runs (and none calls the model) once an outer row. */
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
    planner.setRoot(root);
    RelNode joined = ConstantKeys.guard(NestedCorrelations.flatten(planner.findBestExp()));
    return RelDecorrelator.decorrelateQuery(
        joined, RelFactories.LOGICAL_BUILDER.create(joined.getCluster(), null));
  }
}
