package dev.quern.planner.function;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/** Reads constants out of a syntax tree. */
final class ConstantArgument {
  private ConstantArgument() {}

  /** Whether the expression's value is known before the first row: constants and parameters. */
  static boolean isConstant(SqlNode node) {
    return switch (node.getKind()) {
      case LITERAL, DYNAMIC_PARAM, DEFAULT -> true;
      case MINUS_PREFIX, PLUS_PREFIX, ARRAY_VALUE_CONSTRUCTOR ->
          ((SqlCall) node).getOperandList().stream().allMatch(ConstantArgument::isConstant);
      case CAST -> isConstant(((SqlCall) node).operand(0));
      default -> false;
    };
  }

  /** The value as BigDecimal, String, Boolean or List; empty for NULL and what is not literal. */
  static Optional<Object> value(SqlNode node) {
    if (node instanceof SqlLiteral literal) {
      return switch (literal.getTypeName()) {
        case CHAR, VARCHAR -> Optional.of(literal.toValue());
        case BOOLEAN -> Optional.of(literal.booleanValue());
        default ->
            Optional.ofNullable(literal.getValueAs(BigDecimal.class)).map(Object.class::cast);
      };
    }
    if (node.getKind() == SqlKind.CAST) { // texts of an ARRAY get one type
      return value(((SqlCall) node).operand(0)).filter(String.class::isInstance);
    }
    if (node.getKind() == SqlKind.MINUS_PREFIX) {
      return value(((SqlCall) node).operand(0))
          .filter(BigDecimal.class::isInstance)
          .map(v -> ((BigDecimal) v).negate());
    }
    if (node.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      List<Object> values = new ArrayList<>();
      for (SqlNode operand : ((SqlCall) node).getOperandList()) {
        Optional<Object> value = value(operand);
        if (value.isEmpty()) {
          return Optional.empty();
        }
        values.add(value.get());
      }
      return Optional.of(values);
    }
    return Optional.empty();
  }
}
