package dev.quern.executor.model;

import java.util.List;

/**
 * A tensor as a safetensors header describes it.
 *
 * @param shape sizes, slowest first; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end byte behind the last
 */
record TensorEntry(String name, StoredType type, List<Long> shape, long begin, long end) {
  TensorEntry {
    shape = List.copyOf(shape);
  }

  /** For errors: {@code BF16 [64, 128]}. */
  String describe() {
    return type + " " + shape;
  }
}
