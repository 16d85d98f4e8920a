package dev.quern.planner.pass;

import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/** Conditions that read no answer run below the calls. */
final class FilterBelowGenerate {
  private FilterBelowGenerate() {}

  static RelOptRule rule() {
    return RewriteRule.of(
        "FilterBelowGenerate",
        b -> b.operand(LogicalFilter.class).oneInput(c -> c.operand(GenerateRel.class).anyInputs()),
        FilterBelowGenerate::rewrite);
  }

  private static RelNode rewrite(RelOptRuleCall call) {
    LogicalFilter filter = call.rel(0);
    GenerateRel generate = call.rel(1);
    var columns = ImmutableBitSet.range(generate.inputColumns());
    List<RexNode> below = new ArrayList<>();
    List<RexNode> above = new ArrayList<>();
    for (RexNode part : RelOptUtil.conjunctions(filter.getCondition())) {
      (columns.contains(RelOptUtil.InputFinder.bits(part)) ? below : above).add(part);
    }
    if (below.isEmpty()) {
      return null;
    }
    RelBuilder builder = call.builder();
    RelNode input = builder.push(generate.getInput()).filter(below).build();
    return builder
        .push(generate.copy(generate.getTraitSet(), List.of(input)))
        .filter(above)
        .build();
  }
}
