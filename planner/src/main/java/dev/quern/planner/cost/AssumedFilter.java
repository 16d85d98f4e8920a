package dev.quern.planner.cost;

import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;

/** Keeps an evenly spread share of its rows, in place of a condition on answers. */
public final class AssumedFilter extends SingleRel implements EnumerableRel {
  private final double share;

  private AssumedFilter(RelNode input, RelTraitSet traits, double share) {
    super(input.getCluster(), traits, input);
    this.share = share;
  }

  static RelNode of(RelNode input, double share) {
    return new AssumedFilter(input, input.getTraitSet(), share);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new AssumedFilter(inputs.getFirst(), traits, share);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("share", share);
  }

  @Override
  public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
    var block = new BlockBuilder();
    Result child = implementor.visitChild(this, 0, (EnumerableRel) getInput(), prefer);
    PhysType type =
        PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), child.format, false);
    block.add(
        Expressions.return_(
            null,
            Expressions.call(
                AssumedFilter.class,
                "run",
                block.append("input", child.block),
                Expressions.constant(share))));
    return implementor.result(type, block.toBlock());
  }

  /** Called by generated code. */
  public static <T> Enumerable<T> run(Enumerable<T> input, double share) {
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<T> enumerator() {
        return new Spread<>(input.enumerator(), share);
      }
    };
  }

  private static final class Spread<T> implements Enumerator<T> {
    /** Sums of tenths are a little less than what they should be. */
    private static final double ROUNDING = 1e-9;

    private final Enumerator<T> rows;
    private final double share;
    // From half, so that the number of rows kept is the rounded share of those read.
    private double due = 0.5;

    Spread(Enumerator<T> rows, double share) {
      this.rows = rows;
      this.share = share;
    }

    @Override
    public boolean moveNext() {
      while (rows.moveNext()) {
        due += share;
        if (due >= 1 - ROUNDING) {
          due--;
          return true;
        }
      }
      return false;
    }

    @Override
    public T current() {
      return rows.current();
    }

    @Override
    public void reset() {
      throw new UnsupportedOperationException("rows are kept once");
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
