package dev.quern.executor.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;

/**
 * Cuts between two characters that no token of a BPE vocabulary holds side by side. For tokenizers
 * that merge over the whole text, without words.
 *
 * <p>Why this is exact. BPE starts from characters and replaces two neighbours by their
 * concatenation, which is a token; a token across the cut would hold both characters. So every
 * merge lies on one side, and as the order of merges (by rank, from left to right among equals) is
 * the same on each side with or without the other one, so are the tokens. Unknown characters next
 * to each other may become one token, so the character behind the cut must be a token itself. A
 * space and U+2581 are one character here. This does not hold for unigram models: their best path
 * goes through the cut too, but the sums of scores that choose it are rounded from the text's start
 * on.
 */
final class PieceCut implements TextCut {
  private static final int SPACE = '\u2581';
  private static final int CODE_POINT_BITS = 21;

  private final long[] together;
  private final BitSet known = new BitSet();
  private final boolean spacesMove;

  /**
   * Reads a vocabulary.
   *
   * @param pieces contents of the tokens that text can become
   * @param spacesMove whether spaces at the ends of a text, or several in a row, are dropped
   */
  PieceCut(Collection<String> pieces, boolean spacesMove) {
    this.spacesMove = spacesMove;
    long[] pairs = new long[pieces.stream().mapToInt(String::length).sum()];
    int count = 0;
    for (String piece : pieces) {
      int[] points = piece.codePoints().map(PieceCut::normal).toArray();
      if (points.length == 1) {
        known.set(points[0]);
      }
      for (int i = 1; i < points.length; i++) {
        pairs[count++] = pair(points[i - 1], points[i]);
      }
    }
    together = Arrays.stream(pairs, 0, count).sorted().distinct().toArray();
  }

  @Override
  public int last(String text) {
    for (int c = text.length() - 1; c > 0; c--) {
      int before = normal(text.codePointBefore(c));
      int behind = normal(text.codePointAt(c));
      boolean apart = Arrays.binarySearch(together, pair(before, behind)) < 0;
      boolean moves = spacesMove && (before == SPACE || behind == SPACE);
      // Between two surrogates stand halves of a character, which are no tokens.
      if (apart && !moves && known.get(behind)) {
        return c;
      }
    }
    return 0;
  }

  private static int normal(int codePoint) {
    return codePoint == ' ' ? SPACE : codePoint;
  }

  private static long pair(int before, int behind) {
    return (long) before << CODE_POINT_BITS | behind;
  }
}
