package dev.quern.planner.function;

import dev.quern.planner.JsonFields;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;

/**
 * The fields of PROMPT_ROW as one JSON object: operands are a name, as a literal, and a value in
 * turn. Within the prompt of a GENERATE call the planner takes it apart; elsewhere it is a text,
 * fields in the order of the query.
 */
public final class PromptFieldsFunction extends SqlUserDefinedFunction {
  static final PromptFieldsFunction INSTANCE = new PromptFieldsFunction();

  private PromptFieldsFunction() {
    super(
        // Not to be called by a query.
        new SqlIdentifier("$PROMPT_FIELDS", SqlParserPos.ZERO),
        SqlKind.OTHER_FUNCTION,
        binding -> binding.getTypeFactory().createSqlType(SqlTypeName.VARCHAR),
        InferTypes.VARCHAR_1024,
        null,
        new GeneratedCode(
            types -> types.createSqlType(SqlTypeName.VARCHAR),
            NullPolicy.NONE,
            (translator, call, operands) -> code(call, operands)));
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.from(2);
  }

  @Override
  public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
    for (int i = 1; i < binding.getOperandCount(); i += 2) {
      RelDataType type = binding.getOperandType(i);
      switch (type.getSqlTypeName()) {
        case ARRAY, MULTISET, MAP, ROW, BINARY, VARBINARY, GEOMETRY, CURSOR ->
            throw QueryException.at(
                binding.operand(i),
                State.TYPE,
                "PROMPT_ROW: field "
                    + binding.operand(i - 1)
                    + " must be a text, number, boolean, date or time but is "
                    + type.getFullTypeString()
                    + "; leave it out or build a text from its parts");
        default -> {}
      }
    }
    return true;
  }

  /** The names of a call's fields. */
  public static List<String> names(RexCall call) {
    List<RexNode> operands = call.getOperands();
    return IntStream.range(0, operands.size() / 2)
        .mapToObj(i -> ((RexLiteral) operands.get(2 * i)).getValueAs(String.class))
        .toList();
  }

  /** The values of a call's fields. */
  public static List<RexNode> values(RexCall call) {
    List<RexNode> operands = call.getOperands();
    return IntStream.range(0, operands.size() / 2).mapToObj(i -> operands.get(2 * i + 1)).toList();
  }

  /**
   * Called by generated code.
   *
   * @param types names of {@link SqlTypeName}, one a value
   */
  public static String json(String[] names, String[] types, Object[] values) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      texts.add(JsonFields.value(values[i], SqlTypeName.valueOf(types[i])));
    }
    int[] written = IntStream.range(0, names.length).toArray();
    return JsonFields.object(Arrays.stream(names).map(JsonFields::text).toList(), texts, written);
  }

  private static Expression code(RexCall call, List<Expression> operands) {
    List<Expression> names = new ArrayList<>();
    List<Expression> types = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    for (int i = 1; i < operands.size(); i += 2) {
      names.add(operands.get(i - 1));
      types.add(Expressions.constant(call.getOperands().get(i).getType().getSqlTypeName().name()));
      values.add(Expressions.convert_(Expressions.box(operands.get(i)), Object.class));
    }
    return Expressions.call(
        PromptFieldsFunction.class,
        "json",
        Expressions.newArrayInit(String.class, names),
        Expressions.newArrayInit(String.class, types),
        Expressions.newArrayInit(Object.class, values));
  }
}
