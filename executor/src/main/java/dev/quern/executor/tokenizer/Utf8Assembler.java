package dev.quern.executor.tokenizer;

/**
 * Turns bytes that arrive in arbitrary cuts into text. A character is emitted when its last byte
 * has come; what can never become a character is replaced by U+FFFD at once, so the text does not
 * depend on the cuts.
 */
final class Utf8Assembler {
  /** How many U+FFFD an ill-formed sequence gives. */
  enum Malformed {
    /** One for each maximal prefix of a character (the practice that Unicode recommends). */
    MAXIMAL_PREFIX,
    /** One for each byte, as SentencePiece does. */
    EACH_BYTE
  }

  private static final char REPLACEMENT = '\uFFFD';
  private final Malformed malformed;
  private final byte[] pending = new byte[4];
  private int pendingLength;

  Utf8Assembler(Malformed malformed) {
    this.malformed = malformed;
  }

  /** Adds bytes [from, to) and appends every character that became whole to {@code out}. */
  void append(byte[] bytes, int from, int to, StringBuilder out) {
    for (int i = from; i < to; i++) {
      if (pendingLength == 0 && bytes[i] >= 0) {
        out.append((char) bytes[i]);
      } else {
        pending[pendingLength++] = bytes[i];
        drain(out);
      }
    }
  }

  /** Ends the text: the bytes of an unfinished character become U+FFFD. */
  void finish(StringBuilder out) {
    while (pendingLength > 0) {
      out.append(REPLACEMENT);
      drop(malformed == Malformed.EACH_BYTE ? 1 : pendingLength);
      drain(out);
    }
  }

  private void drain(StringBuilder out) {
    while (pendingLength > 0) {
      int length = characterLength(pending[0]);
      int valid = validPrefix(length);
      if (length > 0 && valid == length) {
        out.appendCodePoint(codePoint(length));
        drop(length);
      } else if (valid == pendingLength) {
        return; // a prefix of a character: wait
      } else {
        out.append(REPLACEMENT);
        drop(malformed == Malformed.EACH_BYTE ? 1 : Math.max(1, valid));
      }
    }
  }

  private void drop(int count) {
    pendingLength -= count;
    System.arraycopy(pending, count, pending, 0, pendingLength);
  }

  /** Bytes that the lead byte announces; 0 when it is no lead byte. */
  private static int characterLength(byte lead) {
    int b = lead & 0xFF;
    if (b < 0x80) {
      return 1;
    }
    if (b < 0xC2 || b > 0xF4) {
      return 0;
    }
    return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
  }

  /** How many of the pending bytes, at most length, are the start of a well-formed character. */
  private int validPrefix(int length) {
    if (length == 0) {
      return 0;
    }
    int valid = 1;
    while (valid < length && valid < pendingLength && continues(valid, pending[valid] & 0xFF)) {
      valid++;
    }
    return valid;
  }

  /** The second byte has a narrower range after E0, ED, F0 and F4 (overlong forms, surrogates). */
  private boolean continues(int index, int b) {
    if (index > 1) {
      return b >= 0x80 && b <= 0xBF;
    }
    int low = pending[0] == (byte) 0xE0 ? 0xA0 : pending[0] == (byte) 0xF0 ? 0x90 : 0x80;
    int high = pending[0] == (byte) 0xED ? 0x9F : pending[0] == (byte) 0xF4 ? 0x8F : 0xBF;
    return b >= low && b <= high;
  }

  private int codePoint(int length) {
    int value = length == 1 ? pending[0] : pending[0] & (0x7F >> length);
    for (int i = 1; i < length; i++) {
      value = (value << 6) | (pending[i] & 0x3F);
    }
    return value;
  }
}
