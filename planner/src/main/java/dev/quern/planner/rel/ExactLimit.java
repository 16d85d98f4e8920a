package dev.quern.planner.rel;

import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

/**
 * OFFSET and LIMIT that never pull a row beyond the last one they give. Calcite's own pulls one
 * more, which here may cost a model call.
 */
public final class ExactLimit extends SingleRel implements EnumerableRel {
  private final RexNode offset;
  private final RexNode fetch;

  /**
   * @param offset null for none
   * @param fetch null for none
   */
  ExactLimit(
      RelOptCluster cluster, RelTraitSet traits, RelNode input, RexNode offset, RexNode fetch) {
    super(cluster, traits, input);
    this.offset = offset;
    this.fetch = fetch;
  }

  static ExactLimit of(RelNode input, RexNode offset, RexNode fetch) {
    RelOptCluster cluster = input.getCluster();
    RelTraitSet traits = cluster.traitSetOf(EnumerableConvention.INSTANCE);
    return new ExactLimit(cluster, traits, input, offset, fetch);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ExactLimit(getCluster(), traits, inputs.getFirst(), offset, fetch);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .itemIf("offset", offset, offset != null)
        .itemIf("fetch", fetch, fetch != null);
  }

  @Override
  public double estimateRowCount(RelMetadataQuery metadata) {
    double rows = metadata.getRowCount(input);
    return fetch instanceof RexLiteral literal
        ? Math.min(rows, ((Number) literal.getValue2()).doubleValue())
        : rows;
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
                ExactLimit.class,
                "run",
                DataContext.ROOT,
                implementor.stash(this, ExactLimit.class),
                block.append("input", child.block))));
    return implementor.result(type, block.toBlock());
  }

  /** Called by generated code. */
  public static <T> Enumerable<T> run(DataContext context, ExactLimit node, Enumerable<T> input) {
    long skip = node.offset == null ? 0 : value(context, node.offset);
    long take = node.fetch == null ? Long.MAX_VALUE : value(context, node.fetch);
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<T> enumerator() {
        return new Limited<>(input, skip, take);
      }
    };
  }

  private static long value(DataContext context, RexNode node) {
    Object value =
        node instanceof RexDynamicParam parameter
            ? context.get(parameter.getName())
            : ((RexLiteral) node).getValue2();
    return value == null ? Long.MAX_VALUE : ((Number) value).longValue();
  }

  private static final class Limited<T> implements Enumerator<T> {
    private final Enumerable<T> source;
    private Enumerator<T> rows;
    private long toSkip;
    private long left;

    Limited(Enumerable<T> source, long skip, long take) {
      this.source = source;
      this.toSkip = skip;
      this.left = take;
    }

    @Override
    public boolean moveNext() {
      if (left <= 0) {
        return false;
      }
      if (rows == null) {
        rows = source.enumerator();
      }
      while (toSkip > 0) {
        if (!rows.moveNext()) {
          return false;
        }
        toSkip--;
      }
      left--;
      return rows.moveNext();
    }

    @Override
    public T current() {
      return rows.current();
    }

    @Override
    public void reset() {
      throw new UnsupportedOperationException("a limit runs once");
    }

    @Override
    public void close() {
      if (rows != null) {
        rows.close();
      }
    }
  }
}
