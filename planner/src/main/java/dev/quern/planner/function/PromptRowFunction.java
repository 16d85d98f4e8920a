package dev.quern.planner.function;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;

/**
 * {@code PROMPT_ROW(instruction, ROW(a, b))} is written out as {@code instruction || line break ||
 * fields}, see {@link PromptFieldsFunction}: the fields as one JSON object, whose order the planner
 * may choose. {@code PROMPT_ROW(instruction, name => a, other => b)} names them.
 */
final class PromptRowFunction extends SqlFunction {
  PromptRowFunction() {
    super(
        "PROMPT_ROW",
        SqlKind.OTHER_FUNCTION,
        ReturnTypes.VARCHAR_2000,
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  @Override
  public SqlNode rewriteCall(SqlValidator validator, SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    if (operands.size() < 2 || operands.getFirst().getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
      throw shape(call);
    }
    List<SqlNode> fields = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    if (operands.get(1).getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
      for (SqlNode operand : operands.subList(1, operands.size())) {
        if (operand.getKind() != SqlKind.ARGUMENT_ASSIGNMENT) {
          throw shape(operand);
        }
        List<SqlNode> assignment = ((SqlCall) operand).getOperandList();
        add(assignment.getFirst(), assignment.get(1).toString(), names, fields);
      }
    } else if (operands.size() == 2 && operands.get(1).getKind() == SqlKind.ROW) {
      for (SqlNode value : ((SqlCall) operands.get(1)).getOperandList()) {
        add(value, name(value, names.size() + 1), names, fields);
      }
    } else {
      throw shape(operands.get(1));
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode head = join(text(operands.getFirst()), literal("\n", position));
    return join(head, PromptFieldsFunction.INSTANCE.createCall(position, fields));
  }

  private static void add(SqlNode value, String name, Set<String> names, List<SqlNode> fields) {
    if (!names.add(name)) {
      throw QueryException.at(
          value,
          State.SYNTAX,
          "PROMPT_ROW: two fields are called '"
              + name
              + "'; give names: PROMPT_ROW(instruction, "
              + name
              + "1 => .., "
              + name
              + "2 => ..)");
    }
    fields.add(literal(name, value.getParserPosition()));
    fields.add(value);
  }

  /** The column's name; by place where there is none. */
  private static String name(SqlNode value, int place) {
    if (value instanceof SqlIdentifier column) {
      if (column.isStar()) {
        throw QueryException.at(
            value, State.SYNTAX, "PROMPT_ROW: * is not possible in ROW(..); name the columns");
      }
      return column.names.getLast();
    }
    return "field" + place;
  }

  private static QueryException shape(SqlNode where) {
    return QueryException.at(
        where,
        State.SYNTAX,
        "PROMPT_ROW takes an instruction and the fields: PROMPT_ROW('Summarize.', ROW(a, b)), or"
            + " PROMPT_ROW('Summarize.', a => a, total => b + c)");
  }

  private static SqlNode text(SqlNode value) {
    if (value instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.CHAR) {
      return value;
    }
    SqlParserPos position = value.getParserPosition();
    var varchar =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, position), position);
    return SqlStdOperatorTable.CAST.createCall(position, value, varchar);
  }

  private static SqlNode join(SqlNode left, SqlNode right) {
    return SqlStdOperatorTable.CONCAT.createCall(right.getParserPosition(), left, right);
  }

  private static SqlNode literal(String text, SqlParserPos position) {
    return SqlLiteral.createCharString(text, position);
  }
}
