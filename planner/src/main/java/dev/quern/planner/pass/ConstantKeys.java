package dev.quern.planner.pass;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Aggregate.Group;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;

/**
 * Keeps groups of constants empty where their input is: {@code SELECT DISTINCT 2 FROM t}, and
 * {@code EXISTS}, which is such a group. Calcite's decorrelation drops constant keys, and a group
 * without keys has one row where its input has none; a count beside them tells the two apart.
 */
final class ConstantKeys {
  private ConstantKeys() {}

  static RelNode guard(RelNode root) {
    return contains(root, Correlate.class) ? guarded(root) : root;
  }

  private static boolean contains(RelNode node, Class<? extends RelNode> type) {
    return type.isInstance(node)
        || node.getInputs().stream().anyMatch(input -> contains(input, type));
  }

  private static RelNode guarded(RelNode root) {
    return BottomUp.rewrite(
        root,
        node ->
            node instanceof Aggregate aggregate && hasConstantKeysOnly(aggregate)
                ? guarded(aggregate)
                : node);
  }

  private static boolean hasConstantKeysOnly(Aggregate aggregate) {
    return aggregate.getGroupType() == Group.SIMPLE
        && !aggregate.getGroupSet().isEmpty()
        && aggregate.getGroupSet().asList().stream()
            .allMatch(key -> isConstant(aggregate.getInput(), key))
        // Otherwise the columns of the outer row become keys.
        && RelOptUtil.getVariablesUsed(aggregate.getInput()).isEmpty();
  }

  private static boolean isConstant(RelNode node, int column) {
    return node instanceof Project project
        && switch (project.getProjects().get(column)) {
          case RexLiteral literal -> true;
          case RexInputRef ref -> isConstant(project.getInput(), ref.getIndex());
          default -> false;
        };
  }

  private static RelNode guarded(Aggregate aggregate) {
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(aggregate.getCluster(), null);
    builder.push(aggregate.getInput());
    List<RelBuilder.AggCall> calls = new ArrayList<>();
    aggregate.getAggCallList().forEach(call -> calls.add(builder.aggregateCall(call)));
    calls.add(builder.countStar("rows"));
    int columns = aggregate.getRowType().getFieldCount();
    builder.aggregate(builder.groupKey(aggregate.getGroupSet()), calls);
    builder.filter(
        builder.call(SqlStdOperatorTable.GREATER_THAN, builder.field(columns), builder.literal(0)));
    return builder
        .project(builder.fields().subList(0, columns), aggregate.getRowType().getFieldNames(), true)
        .build();
  }
}
