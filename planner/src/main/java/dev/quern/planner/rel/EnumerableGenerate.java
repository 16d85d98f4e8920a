package dev.quern.planner.rel;

import dev.quern.planner.GenerateCall;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;

/** {@link GenerateRel} that runs: hands its input rows to the {@link GenerateRuntime}. */
public final class EnumerableGenerate extends GenerateRel implements EnumerableRel {
  private EnumerableGenerate(
      RelOptCluster cluster,
      RelTraitSet traits,
      RelNode input,
      List<GenerateCall> calls,
      List<RelDataType> types) {
    super(cluster, traits, input, calls, types);
  }

  static EnumerableGenerate of(GenerateRel logical, RelNode input) {
    return new EnumerableGenerate(
        logical.getCluster(),
        logical.getTraitSet().replace(EnumerableConvention.INSTANCE),
        input,
        logical.calls(),
        logical.types());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new EnumerableGenerate(getCluster(), traits, inputs.getFirst(), calls(), types());
  }

  @Override
  public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
    var block = new BlockBuilder();
    Result child = implementor.visitChild(this, 0, (EnumerableRel) getInput(), Prefer.ARRAY);
    boolean bare = child.physType.getFormat() == JavaRowFormat.SCALAR;
    Expression rows = block.append("input", child.block);
    Expression input = bare ? rows : child.physType.convertTo(rows, JavaRowFormat.ARRAY);
    PhysType type =
        PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), JavaRowFormat.ARRAY);
    block.add(
        Expressions.return_(
            null,
            Expressions.call(
                EnumerableGenerate.class,
                "run",
                DataContext.ROOT,
                implementor.stash(this, EnumerableGenerate.class),
                input,
                Expressions.constant(bare))));
    return implementor.result(type, block.toBlock());
  }

  /**
   * Called by generated code.
   *
   * @param bare whether rows come as the value of their only column instead of as arrays
   */
  public static Enumerable<?> run(
      DataContext context, EnumerableGenerate node, Enumerable<?> input, boolean bare) {
    Enumerable<Object[]> rows = input.select(row -> bare ? new Object[] {row} : (Object[]) row);
    return RowFormats.fromArrays(
        ((GenerateRuntime) context.get(GenerateRuntime.NAME)).generate(node.calls(), rows),
        node.getRowType().getFieldCount());
  }
}
