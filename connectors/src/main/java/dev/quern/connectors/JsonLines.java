package dev.quern.connectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.table.TableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;

/** The objects of a JSON Lines file, one a line; blank lines are none. */
final class JsonLines implements AutoCloseable {
  /** Numbers keep their digits, so that those that become text are unchanged. */
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .readerFor(JsonNode.class);

  private final Path path;
  private final InputStream in;
  private final Line bytes = new Line();
  private long line;
  private long offset;
  private boolean atEnd;

  private JsonLines(Path path, InputStream in) {
    this.path = path;
    this.in = in;
  }

  static JsonLines open(Path path) {
    try {
      return new JsonLines(path, TextInput.open(path));
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  /** The next object, or null at the end. */
  ObjectNode next() {
    try {
      while (!atEnd) {
        readLine();
        int start = line == 1 && bytes.startsWithMark() ? 3 : 0;
        int bad = Utf8.firstInvalid(bytes.array(), 0, bytes.size());
        if (bad >= 0) {
          throw TextInput.notUtf8(path, line, offset + bad, bytes.array()[bad]);
        }
        if (!bytes.isBlank(start)) {
          return parse(start);
        }
      }
      return null;
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  private ObjectNode parse(int start) throws IOException {
    JsonNode node;
    try {
      node = JSON.readValue(bytes.array(), start, bytes.size() - start);
    } catch (JsonProcessingException e) {
      throw new TableException(
          path
              + ", line "
              + line
              + ", column "
              + (e.getLocation() == null ? 1 : e.getLocation().getColumnNr())
              + ": broken JSON: "
              + e.getOriginalMessage()
              + "; each line must be one whole JSON object",
          e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new TableException(
        path
            + ", line "
            + line
            + ": a JSON "
            + node.getNodeType().name().toLowerCase(Locale.ROOT)
            + " where an object is needed; write one {\"column\": value, ..} a line");
  }

  private void readLine() throws IOException {
    offset += line == 0 ? 0 : bytes.size() + 1;
    line++;
    bytes.reset();
    int next = in.read();
    while (next >= 0 && next != '\n') {
      bytes.write(next);
      next = in.read();
    }
    atEnd = next < 0;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  /** A line's bytes without copying them out. */
  private static final class Line extends ByteArrayOutputStream {
    byte[] array() {
      return buf;
    }

    boolean startsWithMark() {
      return count >= 3 && buf[0] == (byte) 0xef && buf[1] == (byte) 0xbb && buf[2] == (byte) 0xbf;
    }

    boolean isBlank(int start) {
      for (int i = start; i < count; i++) {
        if (buf[i] != ' ' && buf[i] != '\t' && buf[i] != '\r') {
          return false;
        }
      }
      return true;
    }
  }
}
