package dev.quern.executor.tokenizer;

/** White space as Unicode's White_Space property has it, which tokenizer files mean by it. */
final class WhiteSpace {
  private WhiteSpace() {}

  static boolean is(char c) {
    // isWhitespace alone leaves out the no-break spaces and NEL and takes in the separators 1C..1F
    return c == '\u0085' || Character.isSpaceChar(c) || (c >= '\t' && c <= '\r');
  }

  /** Start of the white space that ends at {@code end}, not below {@code limit}. */
  static int before(String text, int end, int limit) {
    int start = end;
    while (start > limit && is(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /** End of the white space that begins at {@code start}. */
  static int after(String text, int start) {
    int end = start;
    while (end < text.length() && is(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
