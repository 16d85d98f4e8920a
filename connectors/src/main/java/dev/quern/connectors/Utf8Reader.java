package dev.quern.connectors;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Decodes UTF-8 strictly and says where it fails; a byte order mark at the beginning is skipped.
 */
final class Utf8Reader extends Reader {
  private final Path path;
  private final InputStream in;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
  private boolean atEnd;
  private boolean started;
  private long decoded;
  private long line = 1;

  Utf8Reader(Path path, InputStream in) {
    this.path = path;
    this.in = in;
  }

  @Override
  public int read(char[] chars, int start, int length) throws IOException {
    CharBuffer out = CharBuffer.wrap(chars, start, length).slice();
    while (out.position() == 0) {
      if (!fill() && !bytes.hasRemaining()) {
        return -1;
      }
      int before = bytes.position();
      CoderResult result = decoder.decode(bytes, out, atEnd);
      count(before, bytes.position());
      if (result.isError()) {
        throw TextInput.notUtf8(path, line, decoded, bytes.get(bytes.position()));
      }
      if (!started && out.position() > 0) {
        started = true;
        if (out.get(0) == '\uFEFF') {
          System.arraycopy(chars, start + 1, chars, start, out.position() - 1);
          out.position(out.position() - 1);
        }
      }
    }
    return out.position();
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes.get(i) == '\n') {
        line++;
      }
    }
    decoded += to - from;
  }

  /** Adds bytes behind those not decoded yet; false at the end of the stream. */
  private boolean fill() throws IOException {
    if (atEnd) {
      return false;
    }
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (count < 0) {
      atEnd = true;
    } else {
      bytes.position(bytes.position() + count);
    }
    bytes.flip();
    return count >= 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
