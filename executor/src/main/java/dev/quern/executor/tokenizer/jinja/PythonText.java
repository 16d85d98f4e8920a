package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What callers share with a template about texts: trimming, and marks. */
public final class PythonText {
  /** Noncharacters from here on may mark parts of a text. */
  public static final char FIRST_MARK = '\uFDD2';

  /** The last character that may be a mark. */
  public static final char LAST_MARK = '\uFDEF';

  private PythonText() {}

  /** The text without the white space at its start. */
  public static String stripStart(String text) {
    return Strings.strip(text, true, false, Strings::isSpace);
  }

  /** The text without the white space at its end. */
  public static String stripEnd(String text) {
    return Strings.strip(text, false, true, Strings::isSpace);
  }

  /** The forms that a text has inside what a template writes as JSON or as Python's repr. */
  public static List<String> forms(String text) {
    Json.Layout ascii = new Json.Layout(true, Optional.empty(), "", "", false);
    return Stream.of(
            '"' + text + '"',
            Json.write(text, Json.Layout.ONE_LINE),
            Json.write(text, ascii),
            Values.repr(text))
        .map(quoted -> quoted.substring(1, quoted.length() - 1))
        .distinct()
        .toList();
  }
}
