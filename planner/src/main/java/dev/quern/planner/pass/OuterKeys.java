package dev.quern.planner.pass;

import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

/** How a sub-query depends on the outer row. */
final class OuterKeys {
  private OuterKeys() {}

  /**
   * Whether all that it reads of the outer row are values that columns of its own are equal to:
   * Calcite's decorrelation then joins by these columns, and needs no copy of the outer rows.
   */
  static boolean joinByEquality(RelNode query) {
    return query.getInputs().stream().allMatch(OuterKeys::joinByEquality)
        && (query instanceof Filter filter
            ? RelOptUtil.conjunctions(filter.getCondition()).stream().allMatch(OuterKeys::isPlain)
            : !readsOuterRow(query));
  }

  private static boolean isPlain(RexNode term) {
    if (RexUtil.SubQueryFinder.find(term) != null) {
      return false;
    }
    return !RexUtil.containsCorrelation(term)
        || (term instanceof RexCall call
            && (call.isA(SqlKind.EQUALS) || call.isA(SqlKind.IS_NOT_DISTINCT_FROM))
            && isKey(call.getOperands()));
  }

  private static boolean isKey(List<RexNode> sides) {
    return sides.stream().anyMatch(RexInputRef.class::isInstance)
        && sides.stream()
            .anyMatch(side ->
                side instanceof RexFieldAccess field
                    && field.getReferenceExpr() instanceof RexCorrelVariable);
  }

  /** The node itself, not its inputs. */
  private static boolean readsOuterRow(RelNode node) {
    var visitor = new RelOptUtil.VariableUsedVisitor(null);
    node.accept(visitor);
    return !visitor.variables.isEmpty();
  }
}
