package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.tools.RelBuilder;

/**
 * DISTINCT over answers and all the columns that they come from is DISTINCT over these columns:
 * equal inputs have equal answers.
 */
final class DistinctBelowGenerate {
  private DistinctBelowGenerate() {}

  static RelOptRule rule() {
    return RewriteRule.of(
        "DistinctBelowGenerate",
        b ->
            b.operand(LogicalAggregate.class)
                .predicate(DistinctBelowGenerate::isDistinct)
                .oneInput(c ->
                    c.operand(LogicalProject.class)
                        .oneInput(d -> d.operand(GenerateRel.class).anyInputs())),
        DistinctBelowGenerate::rewrite);
  }

  private static boolean isDistinct(Aggregate aggregate) {
    return aggregate.getAggCallList().isEmpty()
        && aggregate.getGroupSets().size() == 1
        && aggregate.getGroupSet().cardinality()
            == aggregate.getInput().getRowType().getFieldCount();
  }

  private static RelNode rewrite(RelOptRuleCall call) {
    LogicalProject project = call.rel(1);
    GenerateRel generate = call.rel(2);
    // Column of the calls' input -> place among the grouped ones.
    Map<Integer, Integer> keys = new LinkedHashMap<>();
    boolean answers = false;
    for (RexNode expression : project.getProjects()) {
      if (!(expression instanceof RexInputRef ref)) {
        return null;
      }
      answers |= ref.getIndex() >= generate.inputColumns();
      if (ref.getIndex() < generate.inputColumns()) {
        keys.putIfAbsent(ref.getIndex(), keys.size());
      }
    }
    boolean covered =
        generate.calls().stream()
            .map(GenerateCall::columns)
            .allMatch(columns -> keys.keySet().containsAll(columns.asList()));
    // Without a column no row would stay apart from none: DISTINCT over nothing is one row.
    if (!answers || !covered || keys.isEmpty()) {
      return null;
    }
    RelBuilder builder = call.builder().push(generate.getInput());
    List<Integer> columns = List.copyOf(keys.keySet());
    builder.project(builder.fields(columns)).distinct();
    RelNode answered =
        GenerateRel.logical(
            builder.build(),
            generate.calls().stream().map(c -> c.withColumns(keys::get)).toList(),
            generate.types());
    builder.push(answered);
    List<RexNode> result = new ArrayList<>();
    for (RexNode expression : project.getProjects()) {
      int column = ((RexInputRef) expression).getIndex();
      result.add(
          builder.field(
              column < generate.inputColumns()
                  ? keys.get(column)
                  : keys.size() + column - generate.inputColumns()));
    }
    return builder.project(result, project.getRowType().getFieldNames(), true).build();
  }
}
