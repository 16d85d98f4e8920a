package dev.quern.executor.model.decoder;

/** Sees the experts chosen by each mixture-of-experts layer; for tests and diagnosis. */
@FunctionalInterface
public interface RoutingTrace {
  /**
   * @param layer index of the decoder layer
   * @param experts [row][topK], ascending
   */
  void chosen(int layer, int[][] experts);
}
