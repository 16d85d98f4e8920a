package dev.quern.sql.run;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.util.ByteString;

/** Rows in Calcite's internal representation as bytes: a tag and the value, columns in order. */
final class RowCodec {
  private RowCodec() {}

  static void write(DataOutputStream out, Object[] row) throws IOException {
    out.writeInt(row.length);
    for (Object value : row) {
      value(out, value);
    }
  }

  /**
   * @throws java.io.EOFException behind the last row
   */
  static Object[] read(DataInputStream in) throws IOException {
    Object[] row = new Object[in.readInt()];
    for (int i = 0; i < row.length; i++) {
      row[i] = value(in);
    }
    return row;
  }

  private static void value(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case null -> out.writeByte('0');
      case String text -> bytes(out, 's', text.getBytes(StandardCharsets.UTF_8));
      case Integer number -> {
        out.writeByte('i');
        out.writeInt(number);
      }
      case Long number -> {
        out.writeByte('l');
        out.writeLong(number);
      }
      case Double number -> {
        out.writeByte('d');
        out.writeDouble(number);
      }
      case Boolean truth -> out.writeByte(truth ? 't' : 'f');
      case Float number -> {
        out.writeByte('g');
        out.writeFloat(number);
      }
      case Short number -> {
        out.writeByte('h');
        out.writeShort(number);
      }
      case Byte number -> {
        out.writeByte('b');
        out.writeByte(number);
      }
      case BigDecimal number -> {
        bytes(out, 'n', number.unscaledValue().toByteArray());
        out.writeInt(number.scale());
      }
      case ByteString binary -> bytes(out, 'x', binary.getBytes());
      case Object[] struct -> {
        out.writeByte('r');
        write(out, struct);
      }
      case List<?> list -> {
        out.writeByte('a');
        write(out, list.toArray());
      }
      case Map<?, ?> map -> {
        out.writeByte('m');
        write(out, map.keySet().toArray());
        write(out, map.values().toArray());
      }
      default ->
          throw new IllegalArgumentException(
              "a " + value.getClass().getName() + " cannot be kept outside of memory");
    }
  }

  private static void bytes(DataOutputStream out, char tag, byte[] bytes) throws IOException {
    out.writeByte(tag);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static Object value(DataInputStream in) throws IOException {
    char tag = (char) in.readByte();
    return switch (tag) {
      case '0' -> null;
      case 's' -> new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
      case 'i' -> in.readInt();
      case 'l' -> in.readLong();
      case 'd' -> in.readDouble();
      case 't' -> true;
      case 'f' -> false;
      case 'g' -> in.readFloat();
      case 'h' -> in.readShort();
      case 'b' -> in.readByte();
      case 'n' -> new BigDecimal(new BigInteger(in.readNBytes(in.readInt())), in.readInt());
      case 'x' -> new ByteString(in.readNBytes(in.readInt()));
      case 'r' -> read(in);
      case 'a' -> new ArrayList<>(java.util.Arrays.asList(read(in)));
      case 'm' -> map(read(in), read(in));
      default -> throw new IOException("'" + tag + "' begins no value: the file was changed");
    };
  }

  private static Map<Object, Object> map(Object[] keys, Object[] values) {
    Map<Object, Object> map = LinkedHashMap.newLinkedHashMap(keys.length);
    for (int i = 0; i < keys.length; i++) {
      map.put(keys[i], values[i]);
    }
    return map;
  }

  /** About how many bytes a row takes in memory. */
  static long memory(Object[] row) {
    long bytes = 16 + 8L * row.length;
    for (Object value : row) {
      bytes +=
          switch (value) {
            case null -> 0;
            case String text -> 56 + 2L * text.length();
            case ByteString binary -> 32 + binary.length();
            case Object[] struct -> memory(struct);
            case List<?> list -> 40 + memory(list.toArray());
            case Map<?, ?> map ->
                64 + memory(map.keySet().toArray()) + memory(map.values().toArray());
            default -> 24;
          };
    }
    return bytes;
  }
}
