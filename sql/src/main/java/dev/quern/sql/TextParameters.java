package dev.quern.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;

/** Says that a parameter next to {@code ||} is a text: Calcite would call its type unknown. */
final class TextParameters extends SqlShuttle {
  @Override
  public SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    if (!(visited instanceof SqlCall concat)
        || !concat.getOperator().equals(SqlStdOperatorTable.CONCAT)) {
      return visited;
    }
    List<SqlNode> operands = new ArrayList<>();
    for (SqlNode operand : concat.getOperandList()) {
      operands.add(operand instanceof SqlDynamicParam ? text(operand) : operand);
    }
    return SqlStdOperatorTable.CONCAT.createCall(concat.getParserPosition(), operands);
  }

  private static SqlNode text(SqlNode parameter) {
    SqlParserPos position = parameter.getParserPosition();
    var varchar =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, position), position);
    return SqlStdOperatorTable.CAST.createCall(position, parameter, varchar);
  }
}
