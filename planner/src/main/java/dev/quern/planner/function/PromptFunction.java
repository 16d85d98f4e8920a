package dev.quern.planner.function;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
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
 * {@code PROMPT('.. {0} .. {1}', a, b)} is written out as {@code '.. ' || a || ' .. ' || b}, so
 * that it has the meaning of {@code ||} everywhere. <code>{{0}}</code> stands for {@code {0}}.
 */
final class PromptFunction extends SqlFunction {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\d+)}}|\\{(\\d+)}");

  PromptFunction() {
    super(
        "PROMPT",
        SqlKind.OTHER_FUNCTION,
        ReturnTypes.VARCHAR_2000,
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  @Override
  public SqlNode rewriteCall(SqlValidator validator, SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    if (operands.isEmpty()
        || !(operands.getFirst() instanceof SqlLiteral literal)
        || !(literal.getTypeName() == SqlTypeName.CHAR)) {
      throw QueryException.at(
          operands.isEmpty() ? call : operands.getFirst(),
          State.SYNTAX,
          "PROMPT: the first argument must be a text in quotes, such as 'Summarize: {0}'");
    }
    return expand(literal, operands.subList(1, operands.size()));
  }

  private static SqlNode expand(SqlLiteral template, List<SqlNode> values) {
    String text = template.toValue();
    var used = new BitSet();
    SqlNode result = null;
    var plain = new StringBuilder();
    Matcher places = PLACE.matcher(text);
    int from = 0;
    while (places.find()) {
      plain.append(text, from, places.start());
      from = places.end();
      if (places.group(1) != null) {
        plain.append('{').append(places.group(1)).append('}');
        continue;
      }
      int index = index(template, places.group(2), values.size());
      used.set(index);
      result = join(join(result, literal(plain, template)), text(values.get(index)));
      plain.setLength(0);
    }
    plain.append(text, from, text.length());
    if (used.cardinality() < values.size()) {
      int unused = used.nextClearBit(0);
      throw QueryException.at(
          values.get(unused),
          State.SYNTAX,
          "PROMPT: the text has no place {" + unused + "} for this argument");
    }
    return result == null ? literal(plain, template) : join(result, literal(plain, template));
  }

  private static int index(SqlLiteral template, String digits, int values) {
    int index = digits.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    if (index >= values) {
      throw QueryException.at(
          template,
          State.SYNTAX,
          "PROMPT: {"
              + digits
              + "} has no argument: places count from {0} and "
              + values
              + (values == 1 ? " argument follows" : " arguments follow")
              + " the text; write {{"
              + digits
              + "}} for the characters themselves");
    }
    return index;
  }

  private static SqlNode join(SqlNode left, SqlNode right) {
    if (left == null) {
      return right;
    }
    return SqlStdOperatorTable.CONCAT.createCall(right.getParserPosition(), left, right);
  }

  private static SqlNode literal(CharSequence text, SqlLiteral template) {
    return SqlLiteral.createCharString(text.toString(), template.getParserPosition());
  }

  private static SqlNode text(SqlNode value) {
    SqlParserPos position = value.getParserPosition();
    var varchar =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, position), position);
    return SqlStdOperatorTable.CAST.createCall(position, value, varchar);
  }
}
