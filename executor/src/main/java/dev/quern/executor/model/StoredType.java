package dev.quern.executor.model;

import dev.quern.executor.device.ElementType;
import java.util.Arrays;
import java.util.Optional;

/**
 * Number formats of safetensors files. All of them can stand in a file; those with an element type
 * can be weights.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">safetensors format</a>
 */
enum StoredType {
  BOOL(1),
  U8(1),
  I8(1, ElementType.INT8),
  F8_E4M3(1),
  F8_E5M2(1),
  I16(2),
  U16(2),
  F16(2, ElementType.F16),
  BF16(2, ElementType.BF16),
  I32(4),
  U32(4),
  F32(4, ElementType.F32),
  F64(8),
  I64(8),
  U64(8);

  private final int bytes;
  private final Optional<ElementType> element;

  StoredType(int bytes) {
    this.bytes = bytes;
    this.element = Optional.empty();
  }

  StoredType(int bytes, ElementType element) {
    this.bytes = bytes;
    this.element = Optional.of(element);
  }

  static Optional<StoredType> of(String name) {
    return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
  }

  int bytes() {
    return bytes;
  }

  /** The device's format of the same bits, if it has one. */
  Optional<ElementType> element() {
    return element;
  }

  boolean isFloat() {
    return this == F32 || this == F16 || this == BF16;
  }
}
