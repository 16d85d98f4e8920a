package dev.quern.executor.device;

/**
 * A row-major matrix in device memory, owned by the device that made it. F32 for activations, INT32
 * for ids.
 */
public interface Tensor extends AutoCloseable {
  ElementType type();

  int rows();

  int columns();

  /** Frees the memory; using the tensor afterwards is an error. */
  @Override
  void close();
}
