package dev.quern.planner.cost;

import dev.quern.planner.rel.RowOperator;
import dev.quern.planner.rel.ScanRel;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;

/** A scan whose rows the {@link ScanObserver} sees. */
public final class ObservedScan extends SingleRel implements RowOperator {
  private ObservedScan(RelNode scan, RelTraitSet traits) {
    super(scan.getCluster(), traits, scan);
  }

  static RelNode of(ScanRel scan) {
    return new ObservedScan(scan, scan.getTraitSet());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ObservedScan(inputs.getFirst(), traits);
  }

  @Override
  public Enumerable<Object[]> run(DataContext context, Enumerable<Object[]> rows) {
    return ((ScanObserver) context.get(ScanObserver.NAME)).observe((ScanRel) getInput(), rows);
  }
}
