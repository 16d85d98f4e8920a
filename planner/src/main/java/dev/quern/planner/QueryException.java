package dev.quern.planner;

import java.io.Serial;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** A query that cannot be planned or run; the message says what, where and the remedy. */
public final class QueryException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Classes of failure with the SQLSTATE that JDBC reports. */
  public enum State {
    /** Nested deeper than planning can follow. */
    TOO_COMPLEX("54001"),
    SYNTAX("42000"),
    NO_TABLE("42S02"),
    TABLE_EXISTS("42S01"),
    NO_COLUMN("42S22"),
    NO_FUNCTION("42883"),
    TYPE("42804"),
    NOT_ALLOWED("42501"),
    DATA("22000"),
    OUT_OF_RANGE("22003"),
    NOT_BUILT("0A000"),
    CANCELLED("57014"),
    TIMED_OUT("57014"),
    BUDGET("53400"),
    ROW_FAILED("58000"),
    MODEL("58004"),
    FILE("58030"),
    GENERAL("HY000");

    private final String code;

    State(String code) {
      this.code = code;
    }

    /** Five characters of SQLSTATE. */
    public String code() {
      return code;
    }
  }

  private final State state;

  public QueryException(State state, String message) {
    super(message);
    this.state = state;
  }

  public QueryException(State state, String message, Throwable cause) {
    super(message, cause);
    this.state = state;
  }

  /** An error at a place in the query's text. */
  public static QueryException at(SqlNode where, State state, String message) {
    return new QueryException(state, place(where.getParserPosition()) + message);
  }

  /** {@code line 3, column 8: }, or nothing where the place is not known. */
  public static String place(SqlParserPos position) {
    return position.getLineNum() < 1
        ? ""
        : "line " + position.getLineNum() + ", column " + position.getColumnNum() + ": ";
  }

  public State state() {
    return state;
  }
}
