package dev.quern.planner.pass;

import dev.quern.planner.rel.GenerateRel;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalSort;

/** LIMIT, OFFSET and sorts that read no answer run below the calls, which keep rows and order. */
final class LimitBelowGenerate {
  private LimitBelowGenerate() {}

  static RelOptRule rule() {
    return RewriteRule.of(
        "LimitBelowGenerate",
        b -> b.operand(LogicalSort.class).oneInput(c -> c.operand(GenerateRel.class).anyInputs()),
        LimitBelowGenerate::rewrite);
  }

  private static RelNode rewrite(RelOptRuleCall call) {
    LogicalSort sort = call.rel(0);
    GenerateRel generate = call.rel(1);
    boolean readsAnswer =
        sort.getCollation().getKeys().stream().anyMatch(key -> key >= generate.inputColumns());
    if (readsAnswer) {
      return null;
    }
    RelNode input =
        sort.copy(
            sort.getTraitSet(), generate.getInput(), sort.getCollation(), sort.offset, sort.fetch);
    return generate.copy(generate.getTraitSet(), List.of(input));
  }
}
