package dev.quern.planner.pass;

import dev.quern.executor.table.ColumnFilter;
import dev.quern.executor.table.ColumnFilter.Comparison;
import dev.quern.planner.rel.ScanRel;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Tells a scan what rows must meet, so that it skips row groups. The filter stays. */
public final class FilterScan implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    if (root instanceof Filter filter && filter.getInput() instanceof ScanRel scan) {
      List<ColumnFilter> filters = new ArrayList<>(scan.filters());
      RexNode condition =
          RexUtil.expandSearch(root.getCluster().getRexBuilder(), null, filter.getCondition());
      for (RexNode part : RelOptUtil.conjunctions(condition)) {
        columnFilter(part, scan.getRowType()).ifPresent(filters::add);
      }
      return filters.isEmpty()
          ? root
          : filter.copy(filter.getTraitSet(), List.of(scan.withFilters(filters)));
    }
    return Pass.withInputs(root, this::apply);
  }

  private static Optional<ColumnFilter> columnFilter(RexNode node, RelDataType row) {
    if (!(node instanceof RexCall call)) {
      return Optional.empty();
    }
    RexNode first = call.getOperands().getFirst();
    if (call.getKind() == SqlKind.IS_NULL || call.getKind() == SqlKind.IS_NOT_NULL) {
      Comparison test =
          call.getKind() == SqlKind.IS_NULL ? Comparison.IS_NULL : Comparison.IS_NOT_NULL;
      return first instanceof RexInputRef ref
          ? Optional.of(new ColumnFilter(name(row, ref), test, null))
          : Optional.empty();
    }
    if (call.getOperands().size() != 2) {
      return Optional.empty();
    }
    RexNode second = call.getOperands().get(1);
    if (first instanceof RexInputRef ref && second instanceof RexLiteral literal) {
      return comparison(call.getKind(), ref, literal, row);
    }
    if (second instanceof RexInputRef ref && first instanceof RexLiteral literal) {
      return comparison(call.getKind().reverse(), ref, literal, row);
    }
    return Optional.empty();
  }

  private static Optional<ColumnFilter> comparison(
      SqlKind kind, RexInputRef ref, RexLiteral literal, RelDataType row) {
    Optional<Comparison> comparison =
        switch (kind) {
          case EQUALS -> Optional.of(Comparison.EQUAL);
          case NOT_EQUALS -> Optional.of(Comparison.NOT_EQUAL);
          case LESS_THAN -> Optional.of(Comparison.LESS);
          case LESS_THAN_OR_EQUAL -> Optional.of(Comparison.LESS_OR_EQUAL);
          case GREATER_THAN -> Optional.of(Comparison.GREATER);
          case GREATER_THAN_OR_EQUAL -> Optional.of(Comparison.GREATER_OR_EQUAL);
          default -> Optional.empty();
        };
    return comparison.flatMap(
        c -> value(ref.getType(), literal).map(v -> new ColumnFilter(name(row, ref), c, v)));
  }

  /** The literal as the column's own kind of value; none where the two kinds differ. */
  private static Optional<Object> value(RelDataType column, RexLiteral literal) {
    if (literal.isNull()) {
      return Optional.empty();
    }
    if (column.getSqlTypeName() == SqlTypeName.VARCHAR
        && SqlTypeUtil.inCharFamily(literal.getType())) {
      return Optional.ofNullable(literal.getValueAs(String.class));
    }
    if (SqlTypeUtil.isBoolean(column) && SqlTypeUtil.isBoolean(literal.getType())) {
      return Optional.ofNullable(literal.getValueAs(Boolean.class));
    }
    if (!SqlTypeUtil.isNumeric(literal.getType())) {
      return Optional.empty();
    }
    BigDecimal number = literal.getValueAs(BigDecimal.class);
    if (SqlTypeUtil.isIntType(column)) {
      return number.stripTrailingZeros().scale() <= 0 && number.precision() < 19
          ? Optional.of(number.longValueExact())
          : Optional.empty();
    }
    return SqlTypeUtil.isApproximateNumeric(column)
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  private static String name(RelDataType row, RexInputRef ref) {
    return row.getFieldNames().get(ref.getIndex());
  }
}
