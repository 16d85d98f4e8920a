package dev.quern.planner.rel;

import dev.quern.planner.GenerateCall;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;

/** {@link GenerateRel} that runs: hands its input rows to the {@link GenerateRuntime}. */
public final class EnumerableGenerate extends GenerateRel implements RowOperator {
  private EnumerableGenerate(
      RelOptCluster cluster,
      RelTraitSet traits,
      RelNode input,
      List<GenerateCall> calls,
      List<RelDataType> types,
      OptionalLong demand) {
    super(cluster, traits, input, calls, types, demand);
  }

  public static EnumerableGenerate of(GenerateRel logical, RelNode input) {
    return new EnumerableGenerate(
        logical.getCluster(),
        logical.getTraitSet().replace(EnumerableConvention.INSTANCE),
        input,
        logical.calls(),
        logical.types(),
        logical.demand());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new EnumerableGenerate(
        getCluster(), traits, inputs.getFirst(), calls(), types(), demand());
  }

  @Override
  public Enumerable<Object[]> run(DataContext context, Enumerable<Object[]> input) {
    return GenerateRuntime.of(context).generate(calls(), demand(), input);
  }
}
