package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's operations on text, by code points. */
final class Strings {
  /** No text of a template grows beyond this. */
  static final int MAX_LENGTH = 1 << 24;

  private Strings() {}

  /** White space as Python's str.isspace sees it. */
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /**
   * Whether the character is one of those that a caller may put around a part of a text to find it
   * again: strip, startswith and endswith look through them.
   */
  static boolean isMark(int c) {
    return c >= PythonText.FIRST_MARK && c <= PythonText.LAST_MARK;
  }

  static String strip(String text, boolean left, boolean right, IntPredicate dropped) {
    StringBuilder front = new StringBuilder();
    StringBuilder back = new StringBuilder();
    int start = 0;
    int end = text.length();
    while (left && start < end) {
      int c = text.codePointAt(start);
      if (isMark(c)) {
        front.appendCodePoint(c);
      } else if (!dropped.test(c)) {
        break;
      }
      start += Character.charCount(c);
    }
    while (right && start < end) {
      int c = text.codePointBefore(end);
      if (isMark(c)) {
        back.appendCodePoint(c);
      } else if (!dropped.test(c)) {
        break;
      }
      end -= Character.charCount(c);
    }
    return front + text.substring(start, end) + back.reverse();
  }

  static boolean startsWith(String text, String prefix) {
    int start = 0;
    while (start < text.length() && isMark(text.charAt(start))) {
      start++;
    }
    return text.startsWith(prefix, start);
  }

  static boolean endsWith(String text, String suffix) {
    int end = text.length();
    while (end > 0 && isMark(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end).endsWith(suffix);
  }

  static String repeat(String text, long times) {
    if (times > 0 && text.length() > MAX_LENGTH / times) {
      throw tooLong();
    }
    return text.repeat((int) Math.max(0, times));
  }

  static String replace(String text, String from, String to, long limit) {
    StringBuilder out = new StringBuilder();
    int done = 0;
    long left = limit < 0 ? Long.MAX_VALUE : limit;
    for (int at = text.indexOf(from); at >= 0 && left > 0; left--) {
      out.append(text, done, at).append(to);
      if (out.length() > MAX_LENGTH) {
        throw tooLong();
      }
      done = at + from.length();
      if (from.isEmpty()) {
        if (at >= text.length()) {
          break;
        }
        out.append(text.charAt(at));
        done = at + 1;
        at = at + 1;
      } else {
        at = text.indexOf(from, done);
      }
    }
    return out.append(text, Math.min(done, text.length()), text.length()).toString();
  }

  static JinjaException tooLong() {
    return JinjaException.of(
        "the template makes a text of more than " + MAX_LENGTH + " characters");
  }

  static List<Object> split(String text, String separator, long limit) {
    if (separator.isEmpty()) {
      throw JinjaException.of("empty separator");
    }
    List<Object> parts = new ArrayList<>();
    int done = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && (limit < 0 || parts.size() < limit)) {
      parts.add(text.substring(done, at));
      done = at + separator.length();
      at = text.indexOf(separator, done);
    }
    parts.add(text.substring(done));
    return parts;
  }

  static List<Object> splitRight(String text, String separator, long limit) {
    if (separator.isEmpty()) {
      throw JinjaException.of("empty separator");
    }
    List<Object> parts = new ArrayList<>();
    int end = text.length();
    int at = text.lastIndexOf(separator);
    while (at >= 0 && (limit < 0 || parts.size() < limit)) {
      parts.addFirst(text.substring(at + separator.length(), end));
      end = at;
      at = at == 0 ? -1 : text.lastIndexOf(separator, at - separator.length());
    }
    parts.addFirst(text.substring(0, end));
    return parts;
  }

  /** Words between white space. */
  static List<Object> words(String text) {
    List<Object> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i < text.length(); i++) {
      boolean space = isSpace(text.charAt(i));
      if (space && start >= 0) {
        words.add(text.substring(start, i));
        start = -1;
      } else if (!space && start < 0) {
        start = i;
      }
    }
    if (start >= 0) {
      words.add(text.substring(start));
    }
    return words;
  }

  static List<Object> lines(String text) {
    return new ArrayList<>(text.lines().toList());
  }

  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT)
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      String letter = Character.toString(c);
      out.append(inWord ? letter.toLowerCase(Locale.ROOT) : letter.toUpperCase(Locale.ROOT));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  static long count(String text, String part) {
    return part.isEmpty()
        ? text.codePointCount(0, text.length()) + 1L
        : split(text, part, -1).size() - 1L;
  }

  /** Index by code points, or -1. */
  static long find(String text, int at) {
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  /** {@code %} with the conversions s, d, i, r and %%. */
  static String format(String pattern, Object argument) {
    List<Object> arguments =
        argument instanceof PyTuple(var items) ? items : java.util.Arrays.asList(argument);
    StringBuilder out = new StringBuilder();
    int used = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      char conversion = ++i < pattern.length() ? pattern.charAt(i) : ' ';
      if (conversion == '%') {
        out.append('%');
        continue;
      }
      if (used >= arguments.size()) {
        throw JinjaException.of("not enough arguments for the format " + pattern);
      }
      Object value = arguments.get(used++);
      if (value instanceof Content) {
        throw Content.dependent();
      }
      switch (conversion) {
        case 's' -> out.append(Values.text(value));
        case 'r' -> out.append(Values.repr(value));
        case 'd', 'i' -> out.append(Values.integer(value));
        default -> throw JinjaException.of("format %" + conversion + " is not supported");
      }
    }
    if (used < arguments.size()) {
      throw JinjaException.of("too many arguments for the format " + pattern);
    }
    return out.toString();
  }
}
