package dev.quern.planner.pass;

import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

/**
 * Calls, and conditions on their answers, on one side of an inner join run above it where the other
 * side has fewer rows: only rows that find a partner ask. It never asks more: a row that is there
 * several times after the join has one prompt, and equal prompts run once. The case and the gain
 * are those of Snowflake's AISQL ("Cortex AISQL: A Production SQL Engine for Unstructured Data",
 * 2025).
 */
public final class PullAboveJoin implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    RelNode node = Pass.withInputs(root, this::apply);
    // Without keys that must be equal a join multiplies rows rather than drops them.
    if (!(node instanceof Join join)
        || join.getJoinType() != JoinRelType.INNER
        || join.analyzeCondition().leftKeys.isEmpty()) {
      return node;
    }
    RelMetadataQuery metadata = node.getCluster().getMetadataQuery();
    CallChain left = CallChain.of(join.getLeft());
    if (left.pays(metadata, join.getRight()) && left.carries(leftKeys(join))) {
      return apply(new PulledCalls(join, left, true).node());
    }
    CallChain right = CallChain.of(join.getRight());
    if (right.pays(metadata, join.getLeft()) && right.carries(rightKeys(join))) {
      return apply(new PulledCalls(join, right, false).node());
    }
    return node;
  }

  private static List<Integer> leftKeys(Join join) {
    int columns = join.getLeft().getRowType().getFieldCount();
    return refs(join).stream().filter(ref -> ref < columns).toList();
  }

  private static List<Integer> rightKeys(Join join) {
    int columns = join.getLeft().getRowType().getFieldCount();
    return refs(join).stream().filter(ref -> ref >= columns).map(ref -> ref - columns).toList();
  }

  private static List<Integer> refs(Join join) {
    return RelOptUtil.InputFinder.bits(join.getCondition()).asList();
  }
}
