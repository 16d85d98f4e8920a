package dev.quern.server.openai;

/** Text kept back because it may be the beginning of a tag, which deltas may cut anywhere. */
final class HeldText {
  /** What a text is to a tag with white space in front. */
  enum Match {
    /** The tag, whole. */
    TAG,
    /** The tag if the right characters follow. */
    BEGINNING,
    NONE
  }

  private final StringBuilder text = new StringBuilder();

  void add(int codePoint) {
    text.appendCodePoint(codePoint);
  }

  /** Compares with a tag, in front of which so many of these characters may stand. */
  Match match(String tag, String spaces, int most) {
    int start = spaces(spaces, most);
    int length = text.length() - start;
    if (length > tag.length() || !tag.startsWith(text.substring(start))) {
      return Match.NONE;
    }
    return length == tag.length() ? Match.TAG : Match.BEGINNING;
  }

  /** Number of these characters at the start, at most so many. */
  private int spaces(String characters, int most) {
    int count = 0;
    while (count < Math.min(most, text.length()) && characters.indexOf(text.charAt(count)) >= 0) {
      count++;
    }
    return count;
  }

  /** Takes out what no tag explains where there is no match: the spaces and the one behind. */
  String takeRefuted(String spaces, int most) {
    int place = spaces(spaces, most);
    int end = place < text.length() ? text.offsetByCodePoints(place, 1) : place;
    String taken = text.substring(0, end);
    text.delete(0, end);
    return taken;
  }

  /** Takes out everything. */
  String take() {
    String taken = text.toString();
    text.setLength(0);
    return taken;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  boolean isBlank() {
    return text.toString().isBlank();
  }
}
