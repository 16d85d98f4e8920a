package dev.quern.executor.model.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a GGUF file.
 *
 * @param shape sizes, fastest first, as the file has them
 * @param data exactly its bytes, mapped
 */
public record GgufTensor(String name, GgufType type, List<Long> shape, MemorySegment data) {
  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /** For errors: {@code Q4_0 [576, 1536]}, fastest size first. */
  public String describe() {
    return type + " " + shape;
  }
}
