package dev.quern.planner.cost;

import dev.quern.planner.cost.AssumedPlan.Rewritten;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableHashJoin;
import org.apache.calcite.adapter.enumerable.EnumerableNestedLoopJoin;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelOptUtil.InputFinder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;

/** Joins whose condition may hang on answers. */
final class AssumedJoin {
  private AssumedJoin() {}

  static Rewritten rewrite(Join join, Rewritten left, Rewritten right) {
    double[] both = concat(left.answers(), right.answers());
    List<RexNode> plain = new ArrayList<>();
    double share = 1;
    for (RexNode condition : RelOptUtil.conjunctions(join.getCondition())) {
      if (InputFinder.bits(condition).toList().stream().allMatch(i -> Double.isNaN(both[i]))) {
        plain.add(condition);
      } else {
        share *=
            Selectivity.of(condition, i -> Double.isNaN(both[i]) ? Selectivity.BOOLEAN : both[i]);
      }
    }
    RelNode rel =
        share == 1
            ? join.copy(join.getTraitSet(), List.of(left.rel(), right.rel()))
            : AssumedFilter.of(
                plain(join, left.rel(), right.rel(), plain),
                join.getJoinType().isOuterJoin() ? 1 : share);
    return new Rewritten(
        rel,
        Arrays.copyOf(both, rel.getRowType().getFieldCount()),
        left.thinned() || right.thinned() || share < 1,
        AssumedPlan.scans(List.of(left, right)));
  }

  private static RelNode plain(Join join, RelNode left, RelNode right, List<RexNode> conditions) {
    RexNode condition = RexUtil.composeConjunction(join.getCluster().getRexBuilder(), conditions);
    return JoinInfo.of(left, right, condition).leftKeys.isEmpty()
        ? EnumerableNestedLoopJoin.create(
            left, right, condition, join.getVariablesSet(), join.getJoinType())
        : EnumerableHashJoin.create(
            left, right, condition, join.getVariablesSet(), join.getJoinType());
  }

  private static double[] concat(double[] left, double[] right) {
    double[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
