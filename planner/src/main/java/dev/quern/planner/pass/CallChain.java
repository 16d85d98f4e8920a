package dev.quern.planner.pass;

import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexInputRef;

/**
 * The nodes from a side of the join down to the lowest calls.
 *
 * @param nodes uppermost first; empty: there are no calls
 * @param below what stays below the join
 */
record CallChain(List<RelNode> nodes, RelNode below) {
  static CallChain of(RelNode side) {
    List<RelNode> open = new ArrayList<>();
    List<RelNode> taken = List.of();
    RelNode below = side;
    RelNode node = side;
    while (isRowByRow(node)) {
      open.add(node);
      boolean calls = node instanceof GenerateRel || node instanceof GenerateFilterRel;
      node = node.getInput(0);
      if (calls) {
        taken = List.copyOf(open);
        below = node;
      }
    }
    return new CallChain(taken, below);
  }

  /** Whether the node gives a row the same values whatever other rows there are, and twice. */
  private static boolean isRowByRow(RelNode node) {
    return switch (node) {
      case Project project ->
          !project.containsOver() && project.getProjects().stream().allMatch(StableRows::isStable);
      case Filter filter -> StableRows.isStable(filter.getCondition());
      case GenerateRel generate -> true;
      case GenerateFilterRel filter -> true;
      default -> false;
    };
  }

  boolean pays(RelMetadataQuery metadata, RelNode other) {
    return !nodes.isEmpty() && metadata.getRowCount(other) < metadata.getRowCount(below);
  }

  /** Whether these columns of the side are columns of what stays below. */
  boolean carries(List<Integer> columns) {
    return columns.stream().allMatch(column -> down(column) >= 0);
  }

  /** The column below that a column of the side is; -1 where it is computed on the way. */
  int down(int column) {
    int at = column;
    for (RelNode node : nodes) {
      if (node instanceof Project project) {
        at = project.getProjects().get(at) instanceof RexInputRef ref ? ref.getIndex() : -1;
      } else if (!(node instanceof Filter) && at >= node.getInput(0).getRowType().getFieldCount()) {
        at = -1;
      }
      if (at < 0) {
        return -1;
      }
    }
    return at;
  }
}
