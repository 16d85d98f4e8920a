package dev.quern.planner.pass;

import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/** Conditions that read no answer run below the calls. */
final class FilterBelowGenerate {
  private FilterBelowGenerate() {}

  static List<RelOptRule> rules() {
    return List.of(
        rule(GenerateRel.class, GenerateRel::inputColumns),
        rule(GenerateFilterRel.class, GenerateFilterRel::inputColumns));
  }

  private static <T extends RelNode> RelOptRule rule(Class<T> calls, ToIntFunction<T> columns) {
    return RewriteRule.of(
        "FilterBelow" + calls.getSimpleName(),
        b -> b.operand(LogicalFilter.class).oneInput(c -> c.operand(calls).anyInputs()),
        call -> {
          T node = call.rel(1);
          return rewrite(call.rel(0), node, columns.applyAsInt(node), call.builder());
        });
  }

  private static RelNode rewrite(
      LogicalFilter filter, RelNode calls, int inputColumns, RelBuilder builder) {
    var columns = ImmutableBitSet.range(inputColumns);
    List<RexNode> below = new ArrayList<>();
    List<RexNode> above = new ArrayList<>();
    for (RexNode part : RelOptUtil.conjunctions(filter.getCondition())) {
      (columns.contains(RelOptUtil.InputFinder.bits(part)) ? below : above).add(part);
    }
    if (below.isEmpty()) {
      return null;
    }
    RelNode input = builder.push(calls.getInput(0)).filter(below).build();
    return builder.push(calls.copy(calls.getTraitSet(), List.of(input))).filter(above).build();
  }
}
