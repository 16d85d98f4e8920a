package dev.quern.executor.tokenizer;

import java.util.Set;

/**
 * Cuts between two characters that no word of GPT-2's and GPT-4's kind of pre-tokenizer holds side
 * by side: an ASCII character or letter before a space, a letter before punctuation, white space or
 * a digit.
 *
 * <p>Why this is exact. The model tokenizes each word by itself, so ids can be joined wherever two
 * words meet. No pattern of {@link PreTokenizers} consumes the second character right behind the
 * first: letters are followed by letters only, and a space stands at the start of a word or among
 * white space. Every pattern set matches the first character, hence a word ends here in any text
 * that has these two characters. What comes before is found from left to right; it cannot be
 * changed from behind, because the only look ahead, {@code \s+(?!\S)}, looks at one character
 * behind white space, and the first character here is none. What comes behind is found from here on
 * and nothing in the patterns looks back. The same holds for each of several patterns in turn,
 * since each cuts the pieces of the one before. Characters are taken from ranges that every version
 * of Unicode calls letters, or does not.
 *
 * @param together pairs of characters that added tokens hold; those are found before the words
 */
record WordCut(Set<Integer> together) implements TextCut {
  private static final String PUNCTUATION = "\u3001\u3002\uFF01\uFF0C\uFF1A\uFF1B\uFF1F";

  WordCut {
    together = Set.copyOf(together);
  }

  /** Two adjacent characters as one number. */
  static int pair(char a, char b) {
    return a << Character.SIZE | b;
  }

  @Override
  public int last(String text) {
    for (int c = text.length() - 1; c > 0; c--) {
      char before = text.charAt(c - 1);
      char behind = text.charAt(c);
      boolean ends = isLetter(before) ? isNoLetter(behind) : isGraphic(before) && behind == ' ';
      if (ends && !together.contains(pair(before, behind))) {
        return c;
      }
    }
    return 0;
  }

  private static boolean isGraphic(char c) {
    return c > ' ' && c < 0x7F;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '\u00C0' && c <= '\u00FF' && c != '\u00D7' && c != '\u00F7')
        || (c >= '\u0410' && c <= '\u044F') // Cyrillic
        || (c >= '\u3041' && c <= '\u3096') // Hiragana
        || (c >= '\u30A1' && c <= '\u30FA') // Katakana
        || (c >= '\u4E00' && c <= '\u9FA5') // Han
        || (c >= '\uAC00' && c <= '\uD7A3'); // Hangul
  }

  /** White space, punctuation and digits; marks are left out. */
  private static boolean isNoLetter(char c) {
    boolean ascii = (c >= '\t' && c <= '\r') || c == ' ' || isGraphic(c);
    return ascii ? !isLetter(c) : PUNCTUATION.indexOf(c) >= 0;
  }
}
