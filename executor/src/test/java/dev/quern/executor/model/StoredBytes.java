package dev.quern.executor.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor as a test writes it.
 *
 * @param dtype as in a safetensors header
 * @param bytes little-endian, row-major
 */
record StoredBytes(String dtype, int[] shape, byte[] bytes) {
  static StoredBytes f32(float[] values, int... shape) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    ByteBuffer buffer = littleEndian(bytes);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return new StoredBytes("F32", shape, bytes);
  }

  static StoredBytes f16(float[] values, int... shape) {
    byte[] bytes = new byte[values.length * Short.BYTES];
    ByteBuffer buffer = littleEndian(bytes);
    for (float value : values) {
      buffer.putShort(Float.floatToFloat16(value));
    }
    return new StoredBytes("F16", shape, bytes);
  }

  /** Values cut, not rounded, to bfloat16. */
  static StoredBytes bf16(float[] values, int... shape) {
    byte[] bytes = new byte[values.length * Short.BYTES];
    ByteBuffer buffer = littleEndian(bytes);
    for (float value : values) {
      buffer.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
    }
    return new StoredBytes("BF16", shape, bytes);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int elementBytes() {
    return bytes.length / Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  StoredBytes transposed() {
    int rows = shape[0];
    int columns = shape[1];
    int size = elementBytes();
    byte[] turned = new byte[bytes.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int from = (row * columns + column) * size;
        System.arraycopy(bytes, from, turned, (column * rows + row) * size, size);
      }
    }
    return new StoredBytes(dtype, new int[] {columns, rows}, turned);
  }

  /** This tensor's rows, then the other's. */
  StoredBytes stacked(StoredBytes other) {
    byte[] joined = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
    System.arraycopy(other.bytes, 0, joined, bytes.length, other.bytes.length);
    int[] rows = shape.clone();
    rows[0] += other.shape[0];
    return new StoredBytes(dtype, rows, joined);
  }

  StoredBytes withShape(int... other) {
    return new StoredBytes(dtype, other, bytes);
  }
}
