package dev.quern.sql;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.parser.QuernParserImpl;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.validate.SqlConformance;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/** Turns text into a statement. */
final class Statements {
  static final SqlConformance CONFORMANCE = SqlConformanceEnum.LENIENT;

  /** A file's name stands where an identifier does. */
  private static final int LONGEST_NAME = 8192;

  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withParserFactory(QuernParserImpl.FACTORY)
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withQuotedCasing(Casing.UNCHANGED)
          .withCaseSensitive(false)
          .withIdentifierMaxLength(LONGEST_NAME)
          .withConformance(CONFORMANCE);

  private Statements() {}

  /**
   * Parses one statement; comments and a semicolon at its end are accepted.
   *
   * @throws QueryException with the place and what was expected there
   */
  static SqlNode parse(String sql) {
    try {
      SqlNodeList statements = SqlParser.create(sql, CONFIG).parseStmtList();
      if (statements.isEmpty()) {
        throw new QueryException(State.SYNTAX, "the statement is empty");
      }
      if (statements.size() > 1) {
        throw QueryException.at(
            statements.get(1), State.SYNTAX, "one statement at a time; a second one begins here");
      }
      return statements.get(0);
    } catch (SqlParseException e) {
      if (e.getCause() instanceof StackOverflowError overflow) {
        throw overflow; // the parser makes a syntax error of it
      }
      throw new QueryException(State.SYNTAX, ParseErrors.message(sql, e), e);
    }
  }
}
