package dev.quern.server.query;

import java.util.ArrayList;
import java.util.List;

/** Splits SQL text into statements at the semicolons that stand outside quotes and comments. */
public final class StatementSplitter {
  /**
   * @param statements without their semicolons and surrounding blanks; none is empty
   * @param rest what follows the last semicolon, if it is more than blanks and comments; else empty
   */
  public record Split(List<String> statements, String rest) {
    public Split {
      statements = List.copyOf(statements);
    }

    /** All statements; the last may come without a semicolon. */
    public List<String> all() {
      List<String> all = new ArrayList<>(statements);
      if (!rest.isEmpty()) {
        all.add(rest);
      }
      return all;
    }
  }

  private final String text;
  private int at;

  /** Whether anything but blanks and comments has come since the last semicolon. */
  private boolean content;

  private StatementSplitter(String text) {
    this.text = text;
  }

  public static Split split(String text) {
    return new StatementSplitter(text).run();
  }

  private Split run() {
    List<String> statements = new ArrayList<>();
    int start = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"') {
        content = true;
        skipPast(String.valueOf(c), at + 1);
      } else if (text.startsWith("--", at)) {
        skipPast("\n", at + 2);
      } else if (text.startsWith("/*", at)) {
        skipPast("*/", at + 2);
      } else if (c == ';') {
        if (content) {
          statements.add(text.substring(start, at).strip());
        }
        at++;
        start = at;
        content = false;
      } else {
        content |= !Character.isWhitespace(c);
        at++;
      }
    }
    return new Split(statements, content ? text.substring(start).strip() : "");
  }

  /** A doubled quote closes and opens again: two quoted pieces split like one. */
  private void skipPast(String end, int from) {
    int found = text.indexOf(end, from);
    at = found < 0 ? text.length() : found + end.length();
  }
}
