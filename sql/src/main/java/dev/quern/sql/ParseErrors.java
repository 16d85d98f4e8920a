package dev.quern.sql;

import dev.quern.planner.QueryException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.calcite.sql.parser.SqlParseException;

/** Says in one sentence where a statement does not parse. */
final class ParseErrors {
  private static final int MOST_EXPECTED = 8;

  private ParseErrors() {}

  static String message(String sql, SqlParseException e) {
    if (sql.isBlank()) {
      return "the statement is empty";
    }
    String place = e.getPos() == null ? "" : QueryException.place(e.getPos());
    return place + found(e) + expected(e.getExpectedTokenNames());
  }

  private static String found(SqlParseException e) {
    String first = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    String found = first.replaceAll(" at line \\d+, column \\d+.*", "");
    if (found.contains("<EOF>")) {
      return "the statement ends too early";
    }
    if (found.startsWith("Non-query expression")) {
      return "this is no statement; begin with SELECT, WITH, VALUES, EXPLAIN, CREATE, COPY or INSERT";
    }
    return found.startsWith("Encountered")
        ? "unexpected " + found.substring("Encountered".length()).strip()
        : found;
  }

  private static String expected(Collection<String> tokens) {
    Set<String> words = new LinkedHashSet<>();
    if (tokens != null) {
      tokens.forEach(token -> words.add(word(token)));
    }
    return words.isEmpty() || words.size() > MOST_EXPECTED
        ? ""
        : "; expected " + String.join(", ", words);
  }

  private static String word(String token) {
    if (token.contains("IDENTIFIER")) {
      return "a name";
    }
    return token.contains("STRING") ? "a text in quotes" : token;
  }
}
