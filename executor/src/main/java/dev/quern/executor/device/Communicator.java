package dev.quern.executor.device;

/**
 * Joins the ranks of a tensor-parallel group; every rank calls the same operations in the same
 * order.
 */
public interface Communicator {
  int rank();

  int size();

  /**
   * Replaces the first {@code count} elements of {@code values} by their sums over all ranks, added
   * in rank order on every rank, so that all hold the same bits.
   */
  void allReduce(float[] values, int count);

  /** The group of one. */
  static Communicator single() {
    return new Communicator() {
      @Override
      public int rank() {
        return 0;
      }

      @Override
      public int size() {
        return 1;
      }

      @Override
      public void allReduce(float[] values, int count) {}
    };
  }
}
