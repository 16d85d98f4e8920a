package dev.quern.executor.device;

/** A matrix [rows = outputs, columns = inputs] in the device's own packed layout. */
public interface Weight extends AutoCloseable {
  String name();

  int rows();

  int columns();

  /** Bytes of device memory it takes. */
  long bytes();

  @Override
  void close();
}
