package dev.quern.planner.function;

import dev.quern.planner.GenerateCall.Result;
import java.util.List;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.apache.calcite.sql.validate.SqlNameMatchers;

/** The functions of the dialect besides those of standard SQL. */
public final class QuernFunctions {
  public static final GenerateFunction GENERATE = new GenerateFunction(Result.TEXT);
  public static final GenerateFunction GENERATE_DETAILS = new GenerateFunction(Result.DETAILS);

  private static final List<SqlOperator> OWN =
      List.of(
          GENERATE,
          GENERATE_DETAILS,
          new GenerateFunction(Result.BOOLEAN),
          new GenerateFunction(Result.LABEL),
          new PromptFunction(),
          new TokenCountFunction(),
          new UnbuiltFunction("GENERATE_AS"),
          new UnbuiltFunction("EXTRACT_FIELDS"),
          new UnbuiltFunction("SCORE"),
          new UnbuiltFunction("SUMMARIZE"),
          new UnbuiltFunction("GENERATE_AGG"),
          new PromptRowFunction());

  /** Common functions that standard SQL lacks; {@code CONCAT} gives NULL where a part is NULL. */
  private static final List<SqlOperator> BORROWED =
      List.of(
          SqlLibraryOperators.CONCAT_FUNCTION,
          SqlLibraryOperators.CONCAT_WS,
          SqlLibraryOperators.LEFT,
          SqlLibraryOperators.RIGHT,
          SqlLibraryOperators.LENGTH,
          SqlLibraryOperators.SUBSTR_POSTGRESQL,
          SqlLibraryOperators.STRPOS,
          SqlLibraryOperators.SPLIT_PART,
          SqlLibraryOperators.REGEXP_REPLACE_3,
          SqlLibraryOperators.REVERSE,
          SqlLibraryOperators.REPEAT,
          SqlLibraryOperators.LPAD,
          SqlLibraryOperators.RPAD,
          SqlLibraryOperators.LTRIM,
          SqlLibraryOperators.RTRIM,
          SqlLibraryOperators.NVL,
          SqlLibraryOperators.IF,
          SqlLibraryOperators.GREATEST,
          SqlLibraryOperators.LEAST,
          SqlLibraryOperators.ILIKE,
          SqlLibraryOperators.NOT_ILIKE,
          SqlLibraryOperators.RLIKE,
          SqlLibraryOperators.STRING_AGG,
          SqlLibraryOperators.ARRAY_AGG,
          SqlLibraryOperators.BOOL_AND,
          SqlLibraryOperators.BOOL_OR,
          SqlLibraryOperators.INFIX_CAST);

  private QuernFunctions() {}

  /** Every function that a query may call; names match in any case. */
  public static SqlOperatorTable table() {
    return new AnyCase(
        SqlOperatorTables.chain(
            SqlOperatorTables.of(OWN),
            SqlOperatorTables.of(PromptFieldsFunction.INSTANCE),
            SqlStdOperatorTable.instance(),
            SqlOperatorTables.of(BORROWED)));
  }

  private record AnyCase(SqlOperatorTable table) implements SqlOperatorTable {
    @Override
    public void lookupOperatorOverloads(
        SqlIdentifier name,
        SqlFunctionCategory category,
        SqlSyntax syntax,
        List<SqlOperator> found,
        SqlNameMatcher matcher) {
      SqlNameMatcher anyCase = SqlNameMatchers.withCaseSensitive(false);
      table.lookupOperatorOverloads(name, category, syntax, found, anyCase);
    }

    @Override
    public List<SqlOperator> getOperatorList() {
      return table.getOperatorList();
    }
  }

  /** Names of the functions of our own, for metadata and completion. */
  public static List<String> names() {
    return OWN.stream().map(SqlOperator::getName).toList();
  }
}
