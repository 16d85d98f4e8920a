package dev.quern.executor.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The bytes that token names stand for. */
final class ByteTokens {
  /** Byte of each character of the byte-level alphabet, -1 for others. */
  private static final int[] BYTE_OF = alphabet();

  private ByteTokens() {}

  /** Whether the name is {@code <0xHH>}. */
  static boolean isByteFallback(String name) {
    return name.length() == 6
        && name.startsWith("<0x")
        && name.endsWith(">")
        && Character.digit(name.charAt(3), 16) >= 0
        && Character.digit(name.charAt(4), 16) >= 0;
  }

  static byte[] byteFallback(String name) {
    return new byte[] {(byte) Integer.parseInt(name, 3, 5, 16)};
  }

  /** Bytes of a byte-level name; a name with other characters (an added token) is text itself. */
  static byte[] byteLevel(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
        return utf8(name);
      }
      bytes.write(BYTE_OF[c]);
    }
    return bytes.toByteArray();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * GPT-2's alphabet: bytes that print in Latin-1 stand for themselves, the other 68 are the
   * characters from U+0100 on, in order.
   */
  private static int[] alphabet() {
    int[] byteOf = new int[0x144];
    java.util.Arrays.fill(byteOf, -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean prints = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      byteOf[prints ? b : next++] = b;
    }
    return byteOf;
  }
}
