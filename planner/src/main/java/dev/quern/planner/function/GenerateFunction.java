package dev.quern.planner.function;

import dev.quern.planner.CallOptions;
import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;

/** GENERATE and its kin: a call that an engine answers, never generated code. */
public final class GenerateFunction extends SqlFunction {
  /** Arguments about texts of any length. */
  private static final Set<Argument> FREE_TEXT =
      EnumSet.of(
          Argument.MAX_TOKENS,
          Argument.MIN_TOKENS,
          Argument.STOP,
          Argument.REPETITION_PENALTY,
          Argument.PRESENCE_PENALTY,
          Argument.FREQUENCY_PENALTY);

  private final Result result;

  GenerateFunction(Result result) {
    super(
        result.function(),
        SqlKind.OTHER_FUNCTION,
        null,
        (binding, returnType, types) -> {
          for (int i = 0; i < types.length; i++) {
            types[i] = parameterType(Argument.at(i), binding.getTypeFactory());
          }
        },
        null,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
    this.result = result;
  }

  /** Whether any GENERATE call stands in the expressions. */
  public static boolean occursIn(Iterable<? extends RexNode> nodes) {
    var finder =
        new RexVisitorImpl<Void>(true) {
          private boolean found;

          @Override
          public Void visitCall(RexCall call) {
            found |= call.getOperator() instanceof GenerateFunction;
            return found ? null : super.visitCall(call);
          }
        };
    nodes.forEach(node -> node.accept(finder));
    return finder.found;
  }

  public Result result() {
    return result;
  }

  /** Calcite must neither fold nor merge calls: the planner does that. */
  @Override
  public boolean isDeterministic() {
    return false;
  }

  @Override
  public SqlNode rewriteCall(SqlValidator validator, SqlCall call) {
    return new NamedArguments(call, Signature.of(result)).toPositional();
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.between(0, Argument.count());
  }

  @Override
  public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
    Map<Argument, Object> literals = new EnumMap<>(Argument.class);
    for (Argument argument : Argument.values()) {
      SqlNode operand = binding.operand(argument.position());
      if (operand.getKind() == SqlKind.DEFAULT) {
        continue;
      }
      if (!argument.perRow() && !ConstantArgument.isConstant(operand)) {
        throw error(operand, argument.sql() + " must be a constant or a parameter (?)");
      }
      if (argument == Argument.CHOICES) {
        checkChoices(operand);
      }
      if (argument == Argument.PROMPT) {
        checkPrompt(operand, binding.getOperandType(argument.position()));
        continue;
      }
      Optional<Object> literal = ConstantArgument.value(operand);
      if (literal.isPresent()) {
        literals.put(argument, literal.get());
        checkValue(operand, Map.of(argument, literal.get()));
      } else if (argument == Argument.SEED) {
        checkSeed(operand, binding.getOperandType(argument.position()));
      }
    }
    checkTogether(binding, literals);
    if (binding.operand(Argument.CHOICES.position()).getKind() != SqlKind.DEFAULT) {
      checkBesideChoices(binding);
    }
    return true;
  }

  private void checkChoices(SqlNode operand) {
    if (operand.getKind() != SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      throw error(operand, "choices must be an ARRAY of at least 2 texts");
    }
    for (SqlNode item : ((SqlCall) operand).getOperandList()) {
      if (SqlUtil.isNullLiteral(item, true)) {
        throw error(item, "choices must not be NULL");
      }
    }
  }

  private void checkBesideChoices(SqlCallBinding binding) {
    for (Argument argument : FREE_TEXT) {
      SqlNode operand = binding.operand(argument.position());
      if (operand.getKind() != SqlKind.DEFAULT) {
        throw error(
            operand,
            argument.sql() + " does not go with choices: the answer is always a whole choice");
      }
    }
  }

  private void checkPrompt(SqlNode operand, RelDataType type) {
    switch (type.getSqlTypeName()) {
      case ARRAY, MULTISET, MAP, ROW, BINARY, VARBINARY ->
          throw error(
              operand,
              Signature.of(result).name(Argument.PROMPT)
                  + " must be text or have a textual form but is "
                  + type.getFullTypeString()
                  + "; build a text from its parts with || or PROMPT");
      default -> {}
    }
  }

  private void checkSeed(SqlNode operand, RelDataType type) {
    if (type.getSqlTypeName() != SqlTypeName.NULL
        && operand.getKind() != SqlKind.DYNAMIC_PARAM
        && !SqlTypeUtil.isIntType(type)) {
      throw error(operand, "seed must be a whole number but is " + type.getSqlTypeName());
    }
  }

  /** One value by itself; limits between two are looked at when all are known. */
  private void checkValue(SqlNode operand, Map<Argument, Object> value) {
    if (!value.containsKey(Argument.MIN_TOKENS)) {
      check(operand, value);
    }
  }

  private void checkTogether(SqlCallBinding binding, Map<Argument, Object> literals) {
    if (!literals.containsKey(Argument.MIN_TOKENS)) {
      return;
    }
    SqlNode most = binding.operand(Argument.MAX_TOKENS.position());
    if (most.getKind() != SqlKind.DEFAULT && !literals.containsKey(Argument.MAX_TOKENS)) {
      literals.put(Argument.MAX_TOKENS, Integer.MAX_VALUE);
    }
    check(binding.operand(Argument.MIN_TOKENS.position()), literals);
  }

  private void check(SqlNode where, Map<Argument, Object> values) {
    try {
      CallOptions.of(result, values);
    } catch (IllegalArgumentException e) {
      throw error(where, e.getMessage());
    }
  }

  private QueryException error(SqlNode where, String message) {
    return QueryException.at(where, State.TYPE, getName() + ": " + message);
  }

  @Override
  public RelDataType inferReturnType(SqlOperatorBinding binding) {
    RelDataTypeFactory types = binding.getTypeFactory();
    RelDataType type =
        switch (result) {
          case TEXT, LABEL -> types.createSqlType(SqlTypeName.VARCHAR);
          case BOOLEAN -> types.createSqlType(SqlTypeName.BOOLEAN);
          case DETAILS -> detailsType(types);
        };
    return types.createTypeWithNullability(type, true);
  }

  private static RelDataType detailsType(RelDataTypeFactory types) {
    RelDataType text = nullable(types, SqlTypeName.VARCHAR);
    RelDataType count = nullable(types, SqlTypeName.INTEGER);
    return types
        .builder()
        .add("text", text)
        .add("finish_reason", text)
        .add("prompt_tokens", count)
        .add("cached_tokens", count)
        .add("completion_tokens", count)
        .add("error", text)
        .build();
  }

  private static RelDataType parameterType(Argument argument, RelDataTypeFactory types) {
    return switch (argument.kind()) {
      case TEXT, TEXTS -> nullable(types, SqlTypeName.VARCHAR);
      case INTEGER -> nullable(types, SqlTypeName.BIGINT);
      case NUMBER -> nullable(types, SqlTypeName.DOUBLE);
      case BOOLEAN -> nullable(types, SqlTypeName.BOOLEAN);
    };
  }

  private static RelDataType nullable(RelDataTypeFactory types, SqlTypeName name) {
    return types.createTypeWithNullability(types.createSqlType(name), true);
  }
}
