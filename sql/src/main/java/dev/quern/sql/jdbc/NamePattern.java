package dev.quern.sql.jdbc;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.Meta;

/** JDBC's patterns: % for any text, _ for a character, a backslash before either for itself. */
final class NamePattern {
  private NamePattern() {}

  /** Names that match, in any case; all where there is no pattern. */
  static Predicate<String> matcher(Meta.Pat pattern) {
    if (pattern.s == null) {
      return name -> true;
    }
    var regex = new StringBuilder();
    boolean escaped = false;
    for (int c : pattern.s.codePoints().toArray()) {
      if (!escaped && c == '\\') {
        escaped = true;
        continue;
      }
      regex.append(
          switch (c) {
            case '%' -> escaped ? "%" : ".*";
            case '_' -> escaped ? "_" : ".";
            default -> Pattern.quote(Character.toString(c));
          });
      escaped = false;
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
        .asMatchPredicate();
  }

  /** The name that a pattern is if its signs are read as plain characters; empty for no pattern. */
  static String plain(Meta.Pat pattern) {
    return pattern.s == null ? "" : pattern.s.replaceAll("\\\\(.)", "$1");
  }
}
