package dev.quern.executor.schedule;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.schedule.ScheduledStep.Chunk;

/**
 * A model made of values: what a block stores for a token is a hash of all tokens up to it, made of
 * what the block table says stands in front of it. An answer is right only if every token before it
 * was computed, shared or copied in the right place and not overwritten since.
 */
final class HashModel {
  private final long[][] stored;
  private final int firstId;
  private final int ids;

  /**
   * @param firstId answers are made of the ids from this one on
   * @param ids number of different ids in answers
   */
  HashModel(int blocks, int blockSize, int firstId, int ids) {
    stored = new long[blocks][blockSize];
    this.firstId = firstId;
    this.ids = ids;
  }

  void copy(BlockCopy copy) {
    System.arraycopy(stored[copy.from()], 0, stored[copy.to()], 0, copy.tokens());
  }

  void run(ScheduledStep step) {
    for (Chunk chunk : step.chunks()) {
      for (int p = chunk.from(); p < chunk.to(); p++) {
        long before = p == 0 ? 1 : at(chunk.sequence(), p - 1);
        int slots = stored[0].length;
        stored[chunk.sequence().table().ids()[p / slots]][p % slots] =
            mixed(before, chunk.sequence().tokens()[p]);
      }
    }
  }

  /** The token behind the last one of a chunk that wants logits. */
  int next(Chunk chunk) {
    return next(at(chunk.sequence(), chunk.to() - 1));
  }

  /** The same for a row that has the model to itself. */
  int next(int[] tokens, int length) {
    long state = 1;
    for (int i = 0; i < length; i++) {
      state = mixed(state, tokens[i]);
    }
    return next(state);
  }

  private int next(long state) {
    return firstId + (int) Long.remainderUnsigned(state, ids);
  }

  private long at(Sequence s, int position) {
    int slots = stored[0].length;
    return stored[s.table().ids()[position / slots]][position % slots];
  }

  private static long mixed(long state, int token) {
    long h = (state ^ token) * 0xBF58476D1CE4E5B9L;
    return h ^ (h >>> 29);
  }
}
