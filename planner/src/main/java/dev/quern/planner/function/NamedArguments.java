package dev.quern.planner.function;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Turns {@code f(a, name => b)} into one operand for every {@link Argument}, in their order. */
record NamedArguments(SqlCall call, Signature signature) {

  /**
   * @return the call with {@code DEFAULT} for what was not given
   * @throws QueryException naming the argument, its place and what is valid
   */
  SqlNode toPositional() {
    List<SqlNode> operands = call.getOperandList();
    if (isPositional(operands)) {
      return call; // CASE x WHEN .. repeats x, and the validator rewrites it each time
    }
    SqlNode[] values = new SqlNode[Argument.count()];
    boolean named = false;
    for (int i = 0; i < operands.size(); i++) {
      SqlNode operand = operands.get(i);
      boolean assignment = operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT;
      if (named && !assignment) {
        throw error(operand, "an argument without a name may not follow a named one");
      }
      named = assignment;
      Argument argument = assignment ? named(((SqlCall) operand).operand(1)) : at(i, operand);
      SqlNode value = assignment ? ((SqlCall) operand).operand(0) : operand;
      int slot = argument.position();
      if (values[slot] != null) {
        throw error(operand, signature.name(argument) + " is given twice");
      }
      if (argument.unbuilt() && value.getKind() != SqlKind.DEFAULT) {
        throw QueryException.at(
            value,
            State.NOT_BUILT,
            call.getOperator().getName()
                + ": "
                + argument.sql()
                + " is not built yet; leave it out");
      }
      values[slot] = argument.kind() == Argument.Kind.TEXTS ? texts(value) : value;
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        if (signature.required().contains(Argument.at(i))) {
          throw error(
              call,
              signature.name(Argument.at(i))
                  + " is missing; valid arguments: "
                  + signature.valid());
        }
        values[i] = SqlStdOperatorTable.DEFAULT.createCall(call.getParserPosition());
      }
    }
    return new SqlBasicCall(call.getOperator(), Arrays.asList(values), call.getParserPosition());
  }

  /** No function takes all arguments: what it does not take is DEFAULT in a rewritten call only. */
  private boolean isPositional(List<SqlNode> operands) {
    if (operands.size() != Argument.count()) {
      return false;
    }
    for (int i = 0; i < operands.size(); i++) {
      if (!signature.arguments().contains(Argument.at(i))
          && operands.get(i).getKind() != SqlKind.DEFAULT) {
        return false;
      }
    }
    return true;
  }

  private Argument named(SqlNode name) {
    return signature
        .of(name.toString())
        .orElseThrow(
            () -> error(name, "unknown argument '" + name + "'; valid: " + signature.valid()));
  }

  private Argument at(int place, SqlNode operand) {
    if (place >= signature.arguments().size()) {
      throw error(operand, "too many arguments; valid: " + signature.valid());
    }
    return signature.arguments().get(place);
  }

  /** Parameters of an ARRAY get a type: nothing else gives them one. */
  private static SqlNode texts(SqlNode value) {
    if (value.getKind() != SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      return value;
    }
    SqlParserPos position = value.getParserPosition();
    var varchar =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, position), position);
    List<SqlNode> items =
        ((SqlCall) value)
            .getOperandList().stream()
                .map(item ->
                    item.getKind() == SqlKind.DYNAMIC_PARAM
                        ? SqlStdOperatorTable.CAST.createCall(
                            item.getParserPosition(), item, varchar)
                        : item)
                .toList();
    return ((SqlCall) value).getOperator().createCall(position, items);
  }

  private QueryException error(SqlNode where, String message) {
    return QueryException.at(where, State.SYNTAX, call.getOperator().getName() + ": " + message);
  }
}
