package dev.quern.planner.pass;

import dev.quern.planner.PromptTerm;
import dev.quern.planner.function.PromptFieldsFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Takes a prompt expression apart: what the query wrote, and what comes from columns. */
final class PromptTerms {
  private static final Set<SqlOperator> CONCATENATIONS =
      Set.of(SqlStdOperatorTable.CONCAT, SqlLibraryOperators.CONCAT_FUNCTION);

  private final RexBuilder rex;
  private final ToIntFunction<RexNode> column;
  private final List<PromptTerm> terms = new ArrayList<>();

  private PromptTerms(RexBuilder rex, ToIntFunction<RexNode> column) {
    this.rex = rex;
    this.column = column;
  }

  /**
   * @param column gives the input column that holds an expression
   */
  static List<PromptTerm> of(RexNode prompt, RexBuilder rex, ToIntFunction<RexNode> column) {
    var parts = new PromptTerms(rex, column);
    parts.add(prompt);
    return List.copyOf(parts.terms);
  }

  private void add(RexNode node) {
    switch (node) {
      case RexLiteral literal when text(literal) != null ->
          append(terms, new PromptTerm.Literal(text(literal)));
      case RexDynamicParam parameter -> terms.add(new PromptTerm.Parameter(parameter.getIndex()));
      case RexCall call when isConcatenation(call) -> call.getOperands().forEach(this::add);
      case RexCall call when keepsText(call) -> add(call.getOperands().getFirst());
      case RexCall call when call.getOperator() instanceof PromptFieldsFunction ->
          terms.add(fields(call));
      case RexNode leaf -> terms.add(new PromptTerm.Value(column.applyAsInt(varchar(leaf))));
    }
  }

  /** Adds a term; a literal behind a literal becomes part of it. */
  static void append(List<PromptTerm> terms, PromptTerm term) {
    if (term instanceof PromptTerm.Literal(String text)
        && !terms.isEmpty()
        && terms.getLast() instanceof PromptTerm.Literal(String before)) {
      terms.set(terms.size() - 1, new PromptTerm.Literal(before + text));
    } else {
      terms.add(term);
    }
  }

  private PromptTerm.Fields fields(RexCall call) {
    List<String> names = PromptFieldsFunction.names(call);
    List<RexNode> values = PromptFieldsFunction.values(call);
    return new PromptTerm.Fields(
        IntStream.range(0, names.size())
            .mapToObj(i -> {
              RexNode value = values.get(i);
              return new PromptTerm.Field(
                  names.get(i), column.applyAsInt(value), value.getType().getSqlTypeName());
            })
            .toList());
  }

  private static String text(RexLiteral literal) {
    return SqlTypeUtil.inCharFamily(literal.getType()) ? literal.getValueAs(String.class) : null;
  }

  private static boolean isConcatenation(RexCall call) {
    return CONCATENATIONS.contains(call.getOperator()) && SqlTypeUtil.inCharFamily(call.getType());
  }

  /** A cast that changes no character: to VARCHAR without a length that could cut. */
  private static boolean keepsText(RexCall call) {
    if (call.getKind() != SqlKind.CAST || call.getType().getSqlTypeName() != SqlTypeName.VARCHAR) {
      return false;
    }
    RexNode operand = call.getOperands().getFirst();
    RelDataType from = operand.getType();
    int length = call.getType().getPrecision();
    return operand instanceof RexDynamicParam
        || (SqlTypeUtil.inCharFamily(from)
            && (length == RelDataType.PRECISION_NOT_SPECIFIED
                || (from.getPrecision() != RelDataType.PRECISION_NOT_SPECIFIED
                    && from.getPrecision() <= length)));
  }

  private RexNode varchar(RexNode node) {
    if (SqlTypeUtil.inCharFamily(node.getType())) {
      return node;
    }
    RelDataTypeFactory types = rex.getTypeFactory();
    RelDataType varchar =
        types.createTypeWithNullability(
            types.createSqlType(SqlTypeName.VARCHAR), node.getType().isNullable());
    return rex.makeCast(varchar, node);
  }
}
