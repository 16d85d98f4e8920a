package dev.quern.executor.device;

/** Paged keys and values in device memory. Which block belongs to whom is the caller's business. */
public interface KvCache extends AutoCloseable {
  KvSpec spec();

  @Override
  void close();
}
