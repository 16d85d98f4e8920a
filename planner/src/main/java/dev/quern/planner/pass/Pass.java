package dev.quern.planner.pass;

import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.calcite.rel.RelNode;

/** Rewrites a relational tree into one that gives the same rows. */
public interface Pass {
  RelNode apply(RelNode root);

  /** The name under which tests and READMEs know the pass. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** The node over inputs that were rewritten; the node itself where none has changed. */
  static RelNode withInputs(RelNode node, UnaryOperator<RelNode> rewrite) {
    List<RelNode> inputs = node.getInputs().stream().map(rewrite).toList();
    return inputs.equals(node.getInputs()) ? node : node.copy(node.getTraitSet(), inputs);
  }
}
