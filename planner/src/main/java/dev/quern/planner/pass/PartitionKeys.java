package dev.quern.planner.pass;

import dev.quern.planner.function.PartitionKeyFunction;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.sql.type.SqlTypeName;

/** Several keys of a window's PARTITION BY become one ({@link PartitionKeyFunction}). */
public final class PartitionKeys implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    RexBuilder rex = root.getCluster().getRexBuilder();
    var windows =
        new RexShuttle() {
          @Override
          public RexWindow visitWindow(RexWindow window) {
            RexWindow visited = super.visitWindow(window);
            return needsOneKey(visited.partitionKeys)
                ? rex.makeWindow(
                    List.of(rex.makeCall(PartitionKeyFunction.INSTANCE, visited.partitionKeys)),
                    visited.orderKeys,
                    visited.getLowerBound(),
                    visited.getUpperBound(),
                    visited.isRows(),
                    visited.getExclude())
                : visited;
          }
        };
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode node) {
            return super.visit(node).accept(windows);
          }
        });
  }

  private static boolean needsOneKey(List<RexNode> keys) {
    return keys.size() > 1
        || keys.stream().anyMatch(key -> key.getType().getSqlTypeName() == SqlTypeName.ROW);
  }
}
