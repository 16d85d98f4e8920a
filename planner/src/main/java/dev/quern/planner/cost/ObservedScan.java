package dev.quern.planner.cost;

import dev.quern.planner.rel.ScanRel;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;

/** A scan whose rows the {@link ScanObserver} sees. */
public final class ObservedScan extends SingleRel implements EnumerableRel {
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
  public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
    var block = new BlockBuilder();
    Result child = implementor.visitChild(this, 0, (EnumerableRel) getInput(), Prefer.ARRAY);
    PhysType type =
        PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), JavaRowFormat.ARRAY, false);
    block.add(
        Expressions.return_(
            null,
            Expressions.call(
                ObservedScan.class,
                "run",
                DataContext.ROOT,
                implementor.stash((ScanRel) getInput(), ScanRel.class),
                block.append("input", child.block))));
    return implementor.result(type, block.toBlock());
  }

  /** Called by generated code. */
  public static Enumerable<Object[]> run(
      DataContext context, ScanRel scan, Enumerable<Object[]> rows) {
    return ((ScanObserver) context.get(ScanObserver.NAME)).observe(scan, rows);
  }
}
