package dev.quern.planner.pass;

import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.SqlKind;

/** What only asks whether there is a row (EXISTS, and IN of a constant) reads one row. */
public final class LimitExists implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    RelNode node = Pass.withInputs(root, this::apply);
    if (!(node instanceof Aggregate aggregate) || !asksForAnyRow(aggregate)) {
      return node;
    }
    RelNode one =
        RelFactories.LOGICAL_BUILDER
            .create(node.getCluster(), null)
            .push(aggregate.getInput())
            .limit(0, 1)
            .build();
    return node.copy(node.getTraitSet(), List.of(one));
  }

  /** Whether the groups are one at most and its values are constants that any row gives. */
  private static boolean asksForAnyRow(Aggregate aggregate) {
    if (!(aggregate.getInput() instanceof Project project)
        || aggregate.getGroupSets().size() != 1
        || (aggregate.getGroupSet().isEmpty() && aggregate.getAggCallList().isEmpty())) {
      return false;
    }
    return aggregate.getGroupSet().asList().stream().allMatch(i -> isConstant(project, i))
        && aggregate.getAggCallList().stream().allMatch(call -> isAny(project, call));
  }

  private static boolean isAny(Project project, AggregateCall call) {
    SqlKind kind = call.getAggregation().getKind();
    return (kind == SqlKind.MIN || kind == SqlKind.MAX || kind == SqlKind.ANY_VALUE)
        && !call.hasFilter()
        && call.getArgList().stream().allMatch(i -> isConstant(project, i));
  }

  private static boolean isConstant(Project project, int column) {
    return project.getProjects().get(column) instanceof RexLiteral;
  }
}
