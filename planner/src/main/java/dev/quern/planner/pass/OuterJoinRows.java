package dev.quern.planner.pass;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.tools.RelBuilder;

/**
 * Rows of the right side of a RIGHT or FULL join get two columns at least. Calcite's joins keep the
 * right rows without a partner in a set by identity, and rows of one column are their bare values:
 * equal ones can be the same object, and would be lost.
 */
public final class OuterJoinRows implements Pass {
  private static final int ARRAY_COLUMNS = 2;

  @Override
  public RelNode apply(RelNode root) {
    return BottomUp.rewrite(
        root,
        node ->
            node instanceof Join join
                    && join.getJoinType().generatesNullsOnLeft()
                    && columns(join.getRight()) < ARRAY_COLUMNS
                ? widened(join)
                : node);
  }

  private static RelNode widened(Join join) {
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(join.getCluster(), null);
    builder.push(join.getRight());
    List<RexNode> wide = new ArrayList<>(builder.fields());
    while (wide.size() < ARRAY_COLUMNS) {
      wide.add(builder.literal(true));
    }
    RelNode right = builder.project(wide).build();
    builder.push(join.copy(join.getTraitSet(), List.of(join.getLeft(), right)));
    return builder
        .project(
            builder.fields().subList(0, columns(join)), join.getRowType().getFieldNames(), true)
        .build();
  }

  private static int columns(RelNode node) {
    return node.getRowType().getFieldCount();
  }
}
