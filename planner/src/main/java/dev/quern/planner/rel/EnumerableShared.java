package dev.quern.planner.rel;

import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;

/** {@link SharedRel} that runs. */
public final class EnumerableShared extends SharedRel implements RowOperator {
  private EnumerableShared(RelOptCluster cluster, RelTraitSet traits, RelNode input, int number) {
    super(cluster, traits, input, number);
  }

  static EnumerableShared of(SharedRel logical, RelNode input) {
    return new EnumerableShared(
        logical.getCluster(),
        logical.getTraitSet().replace(EnumerableConvention.INSTANCE),
        input,
        logical.number());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new EnumerableShared(getCluster(), traits, inputs.getFirst(), number());
  }

  @Override
  public Enumerable<Object[]> run(DataContext context, Enumerable<Object[]> input) {
    return GenerateRuntime.of(context).share(number(), input);
  }
}
