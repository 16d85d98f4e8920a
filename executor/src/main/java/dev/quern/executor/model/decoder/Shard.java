package dev.quern.executor.model.decoder;

import dev.quern.executor.device.HostMatrix;

/**
 * The part of each layer that a rank of a tensor-parallel group holds (Megatron-LM, arXiv
 * 1909.08053): rows of the projections that widen, columns of those that narrow, so that one
 * all-reduce follows each attention and each feed-forward block.
 */
public record Shard(int rank, int size) {
  public static final Shard WHOLE = new Shard(0, 1);

  public Shard {
    if (size < 1 || rank < 0 || rank >= size) {
      throw new IllegalArgumentException("rank " + rank + " of " + size);
    }
  }

  /** This rank's part of {@code count} heads or channels. */
  int part(String what, int count) {
    if (count % size != 0) {
      throw new IllegalArgumentException(
          "tensor-parallel-size " + size + " does not divide " + what + " " + count);
    }
    return count / size;
  }

  HostMatrix rows(HostMatrix matrix) {
    int part = part("the rows of " + matrix.name() + ",", matrix.rows());
    return matrix.sliceRows(rank * part, (rank + 1) * part);
  }

  HostMatrix columns(HostMatrix matrix) {
    int part = part("the columns of " + matrix.name() + ",", matrix.columns());
    return matrix.sliceColumns(rank * part, (rank + 1) * part);
  }
}
