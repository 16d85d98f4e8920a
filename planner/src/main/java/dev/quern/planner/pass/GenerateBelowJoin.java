package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateRel;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.tools.RelBuilder;

/**
 * Calls over the left side of a left join run below it: every row of that side is in the result,
 * once or many times, so that the prompts are the same and fewer rows carry them.
 */
final class GenerateBelowJoin {
  private GenerateBelowJoin() {}

  static RelOptRule rule() {
    return RewriteRule.of(
        "GenerateBelowJoin",
        b -> b.operand(GenerateRel.class).oneInput(c -> c.operand(LogicalJoin.class).anyInputs()),
        GenerateBelowJoin::rewrite);
  }

  private static RelNode rewrite(RelOptRuleCall call) {
    GenerateRel generate = call.rel(0);
    LogicalJoin join = call.rel(1);
    int left = join.getLeft().getRowType().getFieldCount();
    boolean readsRight =
        generate.calls().stream().map(GenerateCall::columns).anyMatch(c -> c.nextSetBit(left) >= 0);
    if (join.getJoinType() != JoinRelType.LEFT || readsRight) {
      return null;
    }
    int answers = generate.calls().size();
    RelNode answered = generate.copy(generate.getTraitSet(), List.of(join.getLeft()));
    RexNode condition = RexUtil.shift(join.getCondition(), left, answers);
    RelNode joined =
        join.copy(
            join.getTraitSet(), condition, answered, join.getRight(), join.getJoinType(), false);
    RelBuilder builder = call.builder().push(joined);
    List<RexNode> columns = new java.util.ArrayList<>(builder.fields());
    List<RexNode> moved = List.copyOf(columns.subList(left, left + answers));
    columns.subList(left, left + answers).clear();
    columns.addAll(moved);
    return builder.project(columns, generate.getRowType().getFieldNames(), true).build();
  }
}
