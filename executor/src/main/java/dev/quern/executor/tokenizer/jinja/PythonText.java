package dev.quern.executor.tokenizer.jinja;

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
}
