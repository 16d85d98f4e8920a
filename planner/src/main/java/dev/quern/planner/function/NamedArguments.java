package dev.quern.planner.function;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Turns {@code f(a, name => b)} into positional arguments, one for every {@link Argument}. */
final class NamedArguments {
  private NamedArguments() {}

  /**
   * @return the call with {@code DEFAULT} for what was not given
   * @throws QueryException naming the argument, its place and what is valid
   */
  static SqlNode toPositional(SqlCall call) {
    SqlNode[] values = new SqlNode[Argument.count()];
    List<SqlNode> operands = call.getOperandList();
    boolean named = false;
    for (int i = 0; i < operands.size(); i++) {
      SqlNode operand = operands.get(i);
      boolean assignment = operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT;
      if (named && !assignment) {
        throw error(call, operand, "an argument without a name may not follow a named one");
      }
      named = assignment;
      int slot = assignment ? slot(call, ((SqlCall) operand).operand(1)) : i;
      if (slot >= values.length) {
        throw error(call, operand, "too many arguments; valid: " + valid());
      }
      if (values[slot] != null) {
        throw error(call, operand, Argument.at(slot).sql() + " is given twice");
      }
      values[slot] = assignment ? ((SqlCall) operand).operand(0) : operand;
    }
    for (int i = 0; i < values.length; i++) {
      Argument argument = Argument.at(i);
      if (values[i] == null) {
        if (argument == Argument.PROMPT) {
          throw error(call, call, "prompt is missing; valid arguments: " + valid());
        }
        values[i] = SqlStdOperatorTable.DEFAULT.createCall(call.getParserPosition());
      } else if (argument.unbuilt() && values[i].getKind() != SqlKind.DEFAULT) {
        throw QueryException.at(
            values[i],
            State.NOT_BUILT,
            call.getOperator().getName()
                + ": "
                + argument.sql()
                + " is not built yet; leave it out");
      }
    }
    return new SqlBasicCall(call.getOperator(), Arrays.asList(values), call.getParserPosition());
  }

  private static int slot(SqlCall call, SqlNode name) {
    return Argument.of(name.toString())
        .map(Argument::position)
        .orElseThrow(() -> error(call, name, "unknown argument '" + name + "'; valid: " + valid()));
  }

  private static String valid() {
    return String.join(", ", Argument.names());
  }

  private static QueryException error(SqlCall call, SqlNode where, String message) {
    return QueryException.at(where, State.SYNTAX, call.getOperator().getName() + ": " + message);
  }
}
