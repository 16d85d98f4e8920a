package dev.quern.executor.tokenizer;

/**
 * A token that is recognised in trusted text only.
 *
 * @param content its characters
 * @param id its id
 * @param stripLeft white space before it belongs to it
 * @param stripRight white space after it belongs to it
 * @param singleWord it is recognised only where no word character stands next to it
 */
record SpecialToken(
    String content, int id, boolean stripLeft, boolean stripRight, boolean singleWord) {

  /** Whether it stands in {@code text} at {@code start}, wholly before {@code limit}. */
  boolean matches(String text, int start, int limit) {
    int end = start + content.length();
    return end <= limit
        && text.startsWith(content, start)
        && !(singleWord && (wordBefore(text, start) || wordAt(text, end)));
  }

  private static boolean wordBefore(String text, int index) {
    return index > 0 && isWord(text.codePointBefore(index));
  }

  private static boolean wordAt(String text, int index) {
    return index < text.length() && isWord(text.codePointAt(index));
  }

  private static boolean isWord(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.CONNECTOR_PUNCTUATION ->
          true;
      default -> Character.isLetterOrDigit(codePoint);
    };
  }
}
