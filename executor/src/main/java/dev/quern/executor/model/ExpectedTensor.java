package dev.quern.executor.model;

import java.util.Optional;

/**
 * A tensor that a configuration asks for, under its canonical name.
 *
 * @param rows outputs; 1 for vectors
 * @param columns inputs, or the length of a vector
 * @param fusion the larger tensor that holds it in checkpoints that fuse projections
 */
record ExpectedTensor(String name, int rows, int columns, Role role, Optional<Fusion> fusion) {
  /**
   * A place in a fused tensor.
   *
   * @param name canonical form of the fused tensor's name
   * @param firstRow where the part begins among the fused outputs
   * @param rows outputs of all parts together
   */
  record Fusion(String name, int firstRow, int rows) {}

  /** What a tensor is for; layouts and number formats depend on it. */
  enum Role {
    /** Never transposed. */
    EMBEDDING,
    LINEAR,
    HEAD,
    ROUTER,
    /** A vector. */
    NORM,
    /** The correction bias [1, experts], which checkpoints may lack. */
    CORRECTION_BIAS
  }

  boolean optional() {
    return role == Role.CORRECTION_BIAS;
  }

  /** Whether it may be stored as 8-bit integers with scales. */
  boolean quantizable() {
    return role == Role.EMBEDDING || role == Role.LINEAR || role == Role.HEAD;
  }
}
