package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Bytes of a text file, unpacked if it is gzipped, and the error for bytes that are not UTF-8. */
final class TextInput {
  private TextInput() {}

  /** A text file is read twice, to find its types and to scan it; both come through here. */
  static InputStream open(Path path) throws IOException {
    InputStream file = Files.newInputStream(path);
    return TableFormat.isGzip(path)
        ? new GZIPInputStream(file, 1 << 16)
        : new BufferedInputStream(file, 1 << 16);
  }

  /**
   * @param line from 1
   * @param offset in the unpacked file, from 0
   */
  static TableException notUtf8(Path path, long line, long offset, int value) {
    return new TableException(
        String.format(
            "%s, line %d: text that is not UTF-8 (byte 0x%02X at offset %d of the file); convert it,"
                + " for example with iconv -f LATIN1 -t UTF-8",
            path, line, value & 0xff, offset));
  }
}
