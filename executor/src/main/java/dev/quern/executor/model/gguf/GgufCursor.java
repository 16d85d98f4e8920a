package dev.quern.executor.model.gguf;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quern.executor.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the header of a GGUF file value by value, never beyond its end. */
final class GgufCursor {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** Arrays in arrays deeper than this are damage, not data. */
  private static final int MAX_DEPTH = 4;

  private final Path path;
  private final MemorySegment file;
  private long position;

  GgufCursor(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
  }

  long position() {
    return position;
  }

  int uint32(String what) {
    return file.get(INT, advance(Integer.BYTES, what));
  }

  long uint64(String what) {
    return file.get(LONG, advance(Long.BYTES, what));
  }

  /** A count of things that take at least {@code leastBytes} each. */
  int count(String what, int leastBytes) {
    long value = uint64(what);
    long most = (file.byteSize() - position) / leastBytes;
    if (value < 0 || value > Math.min(most, Integer.MAX_VALUE - 8)) {
      throw damaged(
          "%s: expected at most %d, which is what the file has room for, but found %s"
              .formatted(what, most, Long.toUnsignedString(value)));
    }
    return (int) value;
  }

  String text(String what) {
    int length = count("length of " + what, 1);
    long at = advance(length, what);
    return new String(
        file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /**
   * A metadata value: Long for integers, Double, Boolean, String, or a list of them.
   *
   * @param type number of the value's type (enum gguf_metadata_value_type)
   */
  Object value(String key, int type) {
    return value(key, type, 0);
  }

  private Object value(String key, int type, int depth) {
    return switch (type) {
      case 0 -> (long) (file.get(ValueLayout.JAVA_BYTE, advance(1, key)) & 0xff);
      case 1 -> (long) file.get(ValueLayout.JAVA_BYTE, advance(1, key));
      case 2 -> (long) (file.get(SHORT, advance(2, key)) & 0xffff);
      case 3 -> (long) file.get(SHORT, advance(2, key));
      case 4 -> uint32(key) & 0xffffffffL;
      case 5 -> (long) uint32(key);
      case 6 -> (double) Float.intBitsToFloat(uint32(key));
      case 7 -> file.get(ValueLayout.JAVA_BYTE, advance(1, key)) != 0;
      case 8 -> text(key);
      case 9 -> array(key, depth + 1);
      case 10, 11 -> uint64(key);
      case 12 -> Double.longBitsToDouble(uint64(key));
      default ->
          throw damaged(
              "key %s: expected a value type from 0 to 12 but found %d".formatted(key, type));
    };
  }

  private List<Object> array(String key, int depth) {
    if (depth > MAX_DEPTH) {
      throw damaged("key %s: arrays nested deeper than %d".formatted(key, MAX_DEPTH));
    }
    int type = uint32(key);
    int count = count("length of array " + key, 1);
    List<Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value(key, type, depth));
    }
    return values;
  }

  private long advance(long bytes, String what) {
    if (bytes > file.byteSize() - position) {
      throw damaged(
          "it ends inside %s: expected %d bytes at %d but the file has %d"
              .formatted(what, bytes, position, file.byteSize()));
    }
    long at = position;
    position += bytes;
    return at;
  }

  EngineException damaged(String message) {
    return new EngineException(path + ": not a usable GGUF file: " + message);
  }
}
