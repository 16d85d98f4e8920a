package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.query.StatementSplitter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement and where it stands in the editor's text.
 *
 * @param start offset of its first character
 * @param line the line of that character, from 1
 * @param column its column, from 1
 */
record PlacedStatement(String sql, int start, int line, int column) {
  /** How every error with a place begins. */
  private static final Pattern PLACE =
      Pattern.compile("line (\\d+), column (\\d+): (.*)", Pattern.DOTALL);

  static List<PlacedStatement> all(String text) {
    List<PlacedStatement> placed = new ArrayList<>();
    int at = 0;
    int line = 1;
    int lineStart = 0;
    int searched = 0;
    for (String sql : StatementSplitter.split(text).all()) {
      int start = text.indexOf(sql, searched);
      for (; at < start; at++) {
        if (text.charAt(at) == '\n') {
          line++;
          lineStart = at + 1;
        }
      }
      placed.add(new PlacedStatement(sql, start, line, start - lineStart + 1));
      searched = start + sql.length();
    }
    return placed;
  }

  /** A failure with its place in the editor's text, where it has one. */
  void putError(ObjectNode event, SQLException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    event.put("sqlState", e.getSQLState());
    Matcher place = PLACE.matcher(message);
    if (place.matches()) {
      int row = Integer.parseInt(place.group(1));
      int inRow = Integer.parseInt(place.group(2));
      event.put("line", line + row - 1).put("column", row == 1 ? column + inRow - 1 : inRow);
      message = place.group(3);
    }
    event.put("message", message);
  }
}
