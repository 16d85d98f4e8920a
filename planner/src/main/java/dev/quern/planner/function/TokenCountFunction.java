package dev.quern.planner.function;

import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;

/** {@code TOKEN_COUNT(text)}: tokens of a text under the connection's model; NULL for NULL. */
public final class TokenCountFunction extends SqlUserDefinedFunction {
  /** Name under which the execution puts its {@link Counter} into the {@link DataContext}. */
  public static final String COUNTER = "quern.tokens";

  /** Counts tokens. */
  public interface Counter {
    int count(String text);
  }

  TokenCountFunction() {
    super(
        new SqlIdentifier("TOKEN_COUNT", SqlParserPos.ZERO),
        SqlKind.OTHER_FUNCTION,
        ReturnTypes.INTEGER_NULLABLE,
        InferTypes.VARCHAR_1024,
        OperandTypes.operandMetadata(
            List.of(SqlTypeFamily.CHARACTER),
            types -> List.of(types.createSqlType(SqlTypeName.VARCHAR)),
            i -> "text",
            i -> false),
        new GeneratedCode(
            types ->
                types.createTypeWithNullability(types.createSqlType(SqlTypeName.INTEGER), true),
            NullPolicy.STRICT,
            (translator, call, operands) ->
                Expressions.call(
                    TokenCountFunction.class, "count", translator.getRoot(), operands.getFirst())));
  }

  /** Called by generated code. */
  public static int count(DataContext context, String text) {
    return ((Counter) context.get(COUNTER)).count(text);
  }
}
