package dev.quern.executor.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The wire format of protocol buffers, as much as a SentencePiece model needs. */
final class ProtoFields {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /**
   * One field as it stands.
   *
   * @param number the field's number
   * @param varint its value when it is a number of variable length, else 0
   * @param bytes its content when it is text, bytes or a message, else empty
   * @param encoded all its bytes, tag included
   */
  record Field(int number, long varint, byte[] bytes, byte[] encoded) {}

  /** Bytes that are no message. */
  static final class Malformed extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  private final byte[] message;
  private int position;

  private ProtoFields(byte[] message) {
    this.message = message;
  }

  static List<Field> parse(byte[] message) throws Malformed {
    ProtoFields reader = new ProtoFields(message);
    List<Field> fields = new ArrayList<>();
    while (reader.position < message.length) {
      fields.add(reader.field());
    }
    return fields;
  }

  /** The last number with this field number. */
  static Optional<Long> number(List<Field> fields, int number) {
    return last(fields, number).map(Field::varint);
  }

  /** The last text with this field number. */
  static Optional<String> text(List<Field> fields, int number) {
    return last(fields, number).map(field -> new String(field.bytes(), StandardCharsets.UTF_8));
  }

  private static Optional<Field> last(List<Field> fields, int number) {
    return fields.stream().filter(field -> field.number() == number).reduce((_, b) -> b);
  }

  /** A message field. */
  static byte[] message(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeVarint(out, (number << 3) | BYTES);
    writeVarint(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** A number field. */
  static byte[] varint(int number, long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeVarint(out, (number << 3) | VARINT);
    writeVarint(out, value);
    return out.toByteArray();
  }

  /** A float field. */
  static byte[] fixed32(int number, float value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeVarint(out, (number << 3) | FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write(bits >>> shift);
    }
    return out.toByteArray();
  }

  private static void writeVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private Field field() throws Malformed {
    int start = position;
    long tag = readVarint();
    long number = tag >>> 3;
    if (number == 0 || number > 0x1FFFFFFF) {
      throw new Malformed("bad field number at byte " + start);
    }
    long value = 0;
    byte[] bytes = {};
    switch ((int) (tag & 7)) {
      case VARINT -> value = readVarint();
      case FIXED64 -> skip(8);
      case FIXED32 -> skip(4);
      case BYTES -> {
        long length = readVarint();
        int from = position;
        skip(length);
        bytes = Arrays.copyOfRange(message, from, position);
      }
      default -> throw new Malformed("bad wire type at byte " + start);
    }
    return new Field((int) number, value, bytes, Arrays.copyOfRange(message, start, position));
  }

  private void skip(long count) throws Malformed {
    if (count < 0 || count > message.length - position) {
      throw new Malformed("it ends inside a field, at byte " + position);
    }
    position += (int) count;
  }

  private long readVarint() throws Malformed {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      skip(1);
      byte b = message[position - 1];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new Malformed("bad number at byte " + position);
  }
}
