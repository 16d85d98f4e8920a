package dev.quern.server.batches;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lines of a file as bytes, numbered from 1. Empty lines are passed over and keep their number. */
final class LineSource implements AutoCloseable {
  private final InputStream in;
  private final int most;
  private int number;

  /**
   * @param most longest line; of a longer one the rest is passed over
   */
  LineSource(Path file, int most) throws IOException {
    in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    this.most = most;
  }

  /**
   * @param bytes without the line's end
   * @param cut whether the line is longer than the most
   */
  record Line(int number, byte[] bytes, boolean cut) {}

  /** The next line that is not blank, or null. */
  Line next() throws IOException {
    while (true) {
      var bytes = new ByteArrayOutputStream();
      boolean cut = false;
      int b = in.read();
      if (b < 0) {
        return null;
      }
      number++;
      for (; b >= 0 && b != '\n'; b = in.read()) {
        if (bytes.size() < most) {
          bytes.write(b);
        } else {
          cut = true;
        }
      }
      byte[] line = bytes.toByteArray();
      if (!blank(line)) {
        return new Line(number, line, cut);
      }
    }
  }

  private static boolean blank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
