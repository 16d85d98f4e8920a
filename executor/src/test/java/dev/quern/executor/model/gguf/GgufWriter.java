package dev.quern.executor.model.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes small GGUF files for tests. */
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  private int version = 3;
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> infos = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  public GgufWriter version(int number) {
    version = number;
    return this;
  }

  /** A key with a value: Integer (uint32), Float, Boolean, String, or a list of one of these. */
  public GgufWriter put(String key, Object value) {
    var out = new ByteArrayOutputStream();
    text(out, key);
    int32(out, type(value));
    write(out, value);
    keys.add(out.toByteArray());
    return this;
  }

  /** A float32 tensor. */
  public GgufWriter floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, 0, bytes.array(), shape);
  }

  /**
   * A tensor.
   *
   * @param shape fastest size first
   */
  public GgufWriter tensor(String name, int type, byte[] bytes, long... shape) {
    return tensorAt(name, type, data.size(), bytes, shape);
  }

  /** A tensor whose entry gives any offset. */
  public GgufWriter tensorAt(String name, int type, long offset, byte[] bytes, long... shape) {
    var out = new ByteArrayOutputStream();
    text(out, name);
    int32(out, shape.length);
    for (long size : shape) {
      int64(out, size);
    }
    int32(out, type);
    int64(out, offset);
    infos.add(out.toByteArray());
    data.writeBytes(bytes);
    pad(data);
    return this;
  }

  public byte[] bytes() {
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(out, version);
    int64(out, infos.size());
    int64(out, keys.size());
    keys.forEach(out::writeBytes);
    infos.forEach(out::writeBytes);
    pad(out);
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  public Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  private static void pad(ByteArrayOutputStream out) {
    while (out.size() % ALIGNMENT != 0) {
      out.write(0);
    }
  }

  private static int type(Object value) {
    return switch (value) {
      case Integer _ -> 4;
      case Float _ -> 6;
      case Boolean _ -> 7;
      case String _ -> 8;
      case List<?> _ -> 9;
      default -> throw new IllegalArgumentException("no type for " + value.getClass());
    };
  }

  private static void write(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case Integer number -> int32(out, number);
      case Float number -> int32(out, Float.floatToRawIntBits(number));
      case Boolean flag -> out.write(flag ? 1 : 0);
      case String text -> text(out, text);
      case List<?> list -> {
        int32(out, list.isEmpty() ? 4 : type(list.getFirst()));
        int64(out, list.size());
        list.forEach(each -> write(out, each));
      }
      default -> throw new IllegalArgumentException("no type for " + value.getClass());
    }
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void int32(ByteArrayOutputStream out, int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write(value >>> shift);
    }
  }

  private static void int64(ByteArrayOutputStream out, long value) {
    int32(out, (int) value);
    int32(out, (int) (value >>> 32));
  }
}
