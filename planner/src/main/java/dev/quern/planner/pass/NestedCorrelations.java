package dev.quern.planner.pass;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Gives each field of a ROW column that a sub-query reads of the outer row ({@code t.d.text}) a
 * column of its own: Calcite's decorrelation takes columns only, and would leave the field behind.
 */
final class NestedCorrelations {
  private NestedCorrelations() {}

  static RelNode flatten(RelNode root) {
    return BottomUp.rewrite(
        root, node -> node instanceof Correlate correlate ? flattened(correlate) : node);
  }

  private static RelNode flattened(Correlate correlate) {
    RexBuilder rex = correlate.getCluster().getRexBuilder();
    CorrelationId id = correlate.getCorrelationId();
    RelNode left = correlate.getLeft();
    int columns = left.getRowType().getFieldCount();
    Map<RexFieldAccess, Integer> fields = new LinkedHashMap<>();
    BottomUp.rewrite(
        correlate.getRight(),
        new RexShuttle() {
          @Override
          public RexNode visitFieldAccess(RexFieldAccess access) {
            if (isNested(access, id)) {
              fields.computeIfAbsent(access, a -> columns + fields.size());
              return access;
            }
            return super.visitFieldAccess(access);
          }
        });
    if (fields.isEmpty()) {
      return correlate;
    }
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(correlate.getCluster(), null);
    builder.push(left);
    List<RexNode> wider = new ArrayList<>(builder.fields());
    fields.keySet().forEach(access -> wider.add(access.accept(new OuterRow(builder, id))));
    RelNode outer = builder.project(wider).build();
    RexNode variable = rex.makeCorrel(outer.getRowType(), id);
    var used = ImmutableBitSet.builder();
    RelNode right =
        BottomUp.rewrite(
            correlate.getRight(),
            new RexShuttle() {
              @Override
              public RexNode visitFieldAccess(RexFieldAccess access) {
                Integer column = fields.get(access);
                if (column == null && isOf(access.getReferenceExpr(), id)) {
                  column = access.getField().getIndex();
                }
                if (column == null) {
                  return super.visitFieldAccess(access);
                }
                used.set(column);
                return rex.makeFieldAccess(variable, column);
              }
            });
    RelNode joined =
        correlate.copy(
            correlate.getTraitSet(), outer, right, id, used.build(), correlate.getJoinType());
    return originalColumns(builder.push(joined), correlate, columns, fields.size());
  }

  private static RelNode originalColumns(
      RelBuilder builder, Correlate original, int left, int added) {
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < original.getRowType().getFieldCount(); i++) {
      columns.add(builder.field(i < left ? i : i + added));
    }
    return builder.project(columns, original.getRowType().getFieldNames(), true).build();
  }

  private static boolean isNested(RexFieldAccess access, CorrelationId id) {
    return access.getReferenceExpr() instanceof RexFieldAccess column
        && (isOf(column.getReferenceExpr(), id) || isNested(column, id));
  }

  private static boolean isOf(RexNode node, CorrelationId id) {
    return node instanceof RexCorrelVariable variable && variable.id.equals(id);
  }

  /** An expression over the outer row, over the outer relation instead. */
  private static final class OuterRow extends RexShuttle {
    private final RelBuilder builder;
    private final CorrelationId id;

    OuterRow(RelBuilder builder, CorrelationId id) {
      this.builder = builder;
      this.id = id;
    }

    @Override
    public RexNode visitFieldAccess(RexFieldAccess access) {
      return isOf(access.getReferenceExpr(), id)
          ? builder.field(access.getField().getIndex())
          : super.visitFieldAccess(access);
    }
  }
}
