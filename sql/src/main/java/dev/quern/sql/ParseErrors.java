package dev.quern.sql;

import dev.quern.planner.QueryException;
import java.util.Collection;
import org.apache.calcite.sql.parser.SqlParseException;

/** Says in one sentence where a statement does not parse. */
final class ParseErrors {
  private static final int MOST_EXPECTED = 12;

  private ParseErrors() {}

  static String message(String sql, SqlParseException e) {
    if (sql.isBlank()) {
      return "the statement is empty";
    }
    String place = e.getPos() == null ? "" : QueryException.place(e.getPos());
    String first = e.getMessage() == null ? "cannot be parsed" : e.getMessage().lines().findFirst().orElse("");
    String found = first.replaceAll(" at line \\d+, column \\d+.*", "");
    Collection<String> expected = e.getExpectedTokenNames();
    if (found.contains("<EOF>")) {
      found = "the statement ends too early";
    } else if (found.startsWith("Encountered")) {
      found = "unexpected " + found.substring("Encountered".length()).strip();
    }
    String rest =
        expected == null || expected.isEmpty() || expected.size() > MOST_EXPECTED
            ? ""
            : "; expected " + String.join(", ", expected);
    return place + found + rest;
  }
}
