package dev.quern.planner.pass;

import java.util.function.UnaryOperator;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexShuttle;

/** Rewriting of every node of a plan, its inputs first; not of the plans of sub-queries. */
final class BottomUp {
  private BottomUp() {}

  /**
   * @param rewriting of a node whose inputs are rewritten
   */
  static RelNode rewrite(RelNode root, UnaryOperator<RelNode> rewriting) {
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode node) {
            return rewriting.apply(super.visit(node));
          }
        });
  }

  /** The same of the expressions of every node. */
  static RelNode rewrite(RelNode root, RexShuttle rewriting) {
    return rewrite(root, node -> node.accept(rewriting));
  }
}
