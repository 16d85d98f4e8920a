package dev.quern.planner.cost;

import com.google.common.collect.RangeSet;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.Sarg;

/**
 * Shares of rows that meet a condition whose answers are not known yet. They are assumptions, after
 * System R's (Selinger et al., SIGMOD 1979): a yes-or-no answer {@value #BOOLEAN}, an equality
 * {@value #EQUAL}, a range 1/3, a pattern 1/4.
 */
public final class Selectivity {
  public static final double BOOLEAN = 0.5;
  public static final double EQUAL = 0.1;
  private static final double RANGE = 1 / 3.0;
  private static final double PATTERN = 0.25;

  private Selectivity() {}

  /**
   * The assumed share of rows in which a condition is TRUE.
   *
   * @param columns share of rows in which a BOOLEAN input column is TRUE
   */
  public static double of(RexNode condition, IntToDoubleFunction columns) {
    return switch (condition) {
      case RexLiteral literal -> literal.isAlwaysTrue() ? 1 : 0;
      case RexInputRef column -> columns.applyAsDouble(column.getIndex());
      case RexCall call -> of(call, columns);
      default -> BOOLEAN;
    };
  }

  private static double of(RexCall call, IntToDoubleFunction columns) {
    RexNode first = call.getOperands().isEmpty() ? call : call.getOperands().getFirst();
    return switch (call.getKind()) {
      case AND -> product(operands(call, columns));
      case OR -> 1 - product(operands(call, columns).map(share -> 1 - share));
      case NOT, IS_FALSE, IS_NOT_TRUE -> 1 - of(first, columns);
      case IS_TRUE, IS_NOT_FALSE, CAST -> of(first, columns);
      case EQUALS, IS_NOT_DISTINCT_FROM -> EQUAL;
      case NOT_EQUALS, IS_DISTINCT_FROM, IS_NOT_NULL -> 1 - EQUAL;
      case IS_NULL -> EQUAL;
      case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> RANGE;
      case LIKE, SIMILAR, RLIKE -> PATTERN;
      case SEARCH -> search((RexLiteral) call.getOperands().get(1));
      default -> BOOLEAN;
    };
  }

  private static DoubleStream operands(RexCall call, IntToDoubleFunction columns) {
    return call.getOperands().stream().mapToDouble(operand -> of(operand, columns));
  }

  private static double product(DoubleStream shares) {
    return shares.reduce(1, (a, b) -> a * b);
  }

  /** IN, NOT IN and ranges, which Calcite keeps as sets of points. */
  private static double search(RexLiteral literal) {
    Sarg<?> sarg = literal.getValueAs(Sarg.class);
    if (sarg.isPoints()) {
      return Math.min(1 - EQUAL, EQUAL * sarg.pointCount);
    }
    if (sarg.isComplementedPoints()) {
      RangeSet<?> points = sarg.rangeSet.complement();
      return Math.max(EQUAL, 1 - EQUAL * points.asRanges().size());
    }
    return RANGE;
  }
}
