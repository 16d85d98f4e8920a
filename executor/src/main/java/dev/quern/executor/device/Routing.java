package dev.quern.executor.device;

/**
 * Router output of one layer for up to {@code capacity} tokens: the chosen experts (ascending id)
 * and their weights. It stays on the device between {@link Device#route} and {@link
 * Device#experts}.
 */
public interface Routing extends AutoCloseable {
  int capacity();

  int topK();

  /**
   * Chosen experts of the first {@code rows} tokens, [rows][topK] ascending: for tests and tracing.
   */
  int[][] download(int rows);

  @Override
  void close();
}
