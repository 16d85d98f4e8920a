package dev.quern.planner.pass;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.sql2rel.RelFieldTrimmer;

/** Columns that nobody reads are not scanned. Runs before calls are extracted. */
public final class PruneColumns implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    var builder = RelFactories.LOGICAL_BUILDER.create(root.getCluster(), null);
    return new RelFieldTrimmer(null, builder).trim(root);
  }
}
