package dev.quern.planner.pass;

import dev.quern.planner.OptionTerm;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.planner.function.Argument;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Reads the arguments of a GENERATE call, the prompt excepted. */
final class OptionTerms {
  private OptionTerms() {}

  /**
   * @param column gives the input column that holds an expression
   */
  static Map<Argument, OptionTerm> of(RexCall call, ToIntFunction<RexNode> column) {
    Map<Argument, OptionTerm> options = new EnumMap<>(Argument.class);
    for (Argument argument : Argument.values()) {
      RexNode operand = call.getOperands().get(argument.position());
      if (argument != Argument.PROMPT && operand.getKind() != SqlKind.DEFAULT) {
        term(argument, operand, column).ifPresent(term -> options.put(argument, term));
      }
    }
    return options;
  }

  private static Optional<OptionTerm> term(
      Argument argument, RexNode node, ToIntFunction<RexNode> column) {
    RexNode bare = withoutCast(node);
    if (bare instanceof RexDynamicParam parameter) {
      return Optional.of(new OptionTerm.Parameter(parameter.getIndex()));
    }
    if (RexLiteral.isNullLiteral(bare)) {
      return Optional.empty();
    }
    Optional<Object> constant = constant(bare);
    if (constant.isPresent()) {
      return Optional.of(new OptionTerm.Constant(constant.get()));
    }
    if (bare instanceof RexCall call && call.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      List<OptionTerm> items = new ArrayList<>();
      call.getOperands().forEach(item -> term(argument, item, column).ifPresent(items::add));
      if (items.size() == call.getOperands().size()) {
        return Optional.of(new OptionTerm.Texts(items));
      }
    }
    if (argument.perRow()) {
      return Optional.of(new OptionTerm.Column(column.applyAsInt(node)));
    }
    throw new QueryException(
        State.TYPE, argument.sql() + " must be a constant or a parameter (?) but is " + node);
  }

  private static RexNode withoutCast(RexNode node) {
    return node instanceof RexCall call && call.getKind() == SqlKind.CAST
        ? withoutCast(call.getOperands().getFirst())
        : node;
  }

  private static Optional<Object> constant(RexNode node) {
    if (node instanceof RexLiteral literal) {
      if (SqlTypeUtil.inCharFamily(literal.getType())) {
        return Optional.ofNullable(literal.getValueAs(String.class));
      }
      return SqlTypeUtil.isBoolean(literal.getType())
          ? Optional.ofNullable(literal.getValueAs(Boolean.class))
          : Optional.ofNullable(literal.getValueAs(BigDecimal.class));
    }
    if (node instanceof RexCall call && call.getKind() == SqlKind.MINUS_PREFIX) {
      return constant(withoutCast(call.getOperands().getFirst()))
          .map(value -> ((BigDecimal) value).negate());
    }
    if (node instanceof RexCall call && call.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      List<Object> values = new ArrayList<>();
      for (RexNode operand : call.getOperands()) {
        constant(withoutCast(operand)).ifPresent(values::add);
      }
      return values.size() == call.getOperands().size() ? Optional.of(values) : Optional.empty();
    }
    return Optional.empty();
  }
}
