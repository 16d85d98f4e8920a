package dev.quern.planner.function;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.validate.SqlValidator;

/** A function that the contract names and this build does not have: it says so. */
final class UnbuiltFunction extends SqlFunction {
  UnbuiltFunction(String name) {
    super(
        name,
        SqlKind.OTHER_FUNCTION,
        ReturnTypes.VARCHAR_2000,
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  @Override
  public SqlNode rewriteCall(SqlValidator validator, SqlCall call) {
    throw QueryException.at(
        call,
        State.NOT_BUILT,
        getName() + " is not built yet; use GENERATE with an instruction in the prompt");
  }
}
