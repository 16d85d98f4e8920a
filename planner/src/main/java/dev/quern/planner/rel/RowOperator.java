package dev.quern.planner.rel;

import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;

/** A node of one input that runs as a method over rows as arrays instead of as generated code. */
public interface RowOperator extends EnumerableRel {
  /** The node's rows over those of its input. */
  Enumerable<Object[]> run(DataContext context, Enumerable<Object[]> input);

  @Override
  default Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
    var block = new BlockBuilder();
    Result child = implementor.visitChild(this, 0, (EnumerableRel) getInput(0), Prefer.ARRAY);
    boolean bare = child.physType.getFormat() == JavaRowFormat.SCALAR;
    Expression rows = block.append("input", child.block);
    Expression input = bare ? rows : child.physType.convertTo(rows, JavaRowFormat.ARRAY);
    // Calcite's set operations take rows of one column as the bare value.
    boolean single = getRowType().getFieldCount() == 1;
    JavaRowFormat format = single ? JavaRowFormat.SCALAR : JavaRowFormat.ARRAY;
    PhysType type = PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), format, false);
    block.add(
        Expressions.return_(
            null,
            Expressions.call(
                OperatorRows.class,
                single ? "values" : "of",
                DataContext.ROOT,
                implementor.stash(this, RowOperator.class),
                input,
                Expressions.constant(bare))));
    return implementor.result(type, block.toBlock());
  }
}
