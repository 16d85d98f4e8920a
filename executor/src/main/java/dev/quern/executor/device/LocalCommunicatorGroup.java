package dev.quern.executor.device;

import java.util.Objects;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ranks of one process, one thread each, that meet at every operation. A rank that fails aborts the
 * group, so that the others end with an error instead of waiting for it.
 */
public final class LocalCommunicatorGroup {
  private final int size;
  private final Phaser meeting;
  private final float[][] posted;
  private final int[] counts;
  private final AtomicReference<String> aborted = new AtomicReference<>();
  private float[] total = new float[0];

  public LocalCommunicatorGroup(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a group has at least one rank but got " + size);
    }
    this.size = size;
    meeting = new Phaser(size);
    posted = new float[size][];
    counts = new int[size];
  }

  /** The communicator of one rank, for the one thread that runs it. */
  public Communicator rank(int rank) {
    Objects.checkIndex(rank, size);
    return new Communicator() {
      @Override
      public int rank() {
        return rank;
      }

      @Override
      public int size() {
        return size;
      }

      @Override
      public void allReduce(float[] values, int count) {
        LocalCommunicatorGroup.this.allReduce(rank, values, count);
      }
    };
  }

  /** Releases every rank, now and later, with an error that holds {@code reason}. */
  public void abort(String reason) {
    aborted.compareAndSet(null, reason);
    meeting.forceTermination();
  }

  private void allReduce(int rank, float[] values, int count) {
    Objects.checkFromIndexSize(0, count, values.length);
    posted[rank] = values;
    counts[rank] = count;
    meet(rank);
    checkCounts(rank);
    if (rank == 0 && total.length < count) {
      total = new float[count];
    }
    meet(rank);
    // Each rank sums its slice over all ranks in rank order; then everybody copies the whole.
    int from = (int) ((long) count * rank / size);
    int to = (int) ((long) count * (rank + 1) / size);
    for (int i = from; i < to; i++) {
      float sum = posted[0][i];
      for (int other = 1; other < size; other++) {
        sum += posted[other][i];
      }
      total[i] = sum;
    }
    meet(rank);
    System.arraycopy(total, 0, values, 0, count);
    meet(rank);
  }

  private void checkCounts(int rank) {
    for (int other = 0; other < size; other++) {
      if (counts[other] != counts[rank]) {
        String reason =
            "all-reduce: rank "
                + rank
                + " brings "
                + counts[rank]
                + " values but rank "
                + other
                + " brings "
                + counts[other];
        abort(reason);
        throw new DeviceException(reason);
      }
    }
  }

  /** The barrier also publishes what each rank wrote before it. */
  private void meet(int rank) {
    if (meeting.arriveAndAwaitAdvance() < 0) {
      throw new DeviceException("rank " + rank + " of " + size + ": aborted: " + aborted.get());
    }
  }
}
