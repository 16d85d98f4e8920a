package dev.quern.planner.pass;

import org.apache.calcite.rel.RelNode;

/** Rewrites a relational tree into one that gives the same rows. */
public interface Pass {
  RelNode apply(RelNode root);

  /** The name under which tests and READMEs know the pass. */
  default String name() {
    return getClass().getSimpleName();
  }
}
