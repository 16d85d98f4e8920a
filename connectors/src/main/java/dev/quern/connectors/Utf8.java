package dev.quern.connectors;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Strict UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /** Offset from {@code start} of the first byte that is not UTF-8, or -1 if all is. */
  static int firstInvalid(byte[] bytes, int start, int length) {
    int end = start + length;
    int at = start;
    while (at < end) {
      if (at + 8 <= end && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
        at += 8;
        continue;
      }
      if (bytes[at] >= 0) {
        at++;
        continue;
      }
      int size = sequence(bytes, at, end);
      if (size == 0) {
        return at - start;
      }
      at += size;
    }
    return -1;
  }

  /**
   * Checks the remaining bytes of a buffer.
   *
   * @throws BadValueException naming the first byte that is not UTF-8
   */
  static void require(ByteBuffer text) {
    byte[] bytes;
    int start;
    if (text.hasArray()) {
      bytes = text.array();
      start = text.arrayOffset() + text.position();
    } else {
      bytes = new byte[text.remaining()];
      text.get(text.position(), bytes);
      start = 0;
    }
    int bad = firstInvalid(bytes, start, text.remaining());
    if (bad >= 0) {
      throw new BadValueException(
          String.format(
              "text that is not UTF-8 (byte 0x%02X at offset %d of the value);"
                  + " convert the text to UTF-8, or declare the column as binary",
              bytes[start + bad], bad));
    }
  }

  /** Length of the well-formed sequence of two to four bytes at a place, or 0. */
  private static int sequence(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    int size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (size == 0 || at + size > end) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < size; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }

  /** Order of the encoded bytes, which is that of code points (not of UTF-16 units). */
  static int compare(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
