package dev.quern.executor.cache;

/** Whether a sequence can start now. */
public sealed interface Admission {
  /**
   * The sequence holds its blocks.
   *
   * @param sequence its hold on the cache
   * @param cachedTokens leading tokens whose keys and values need not be computed
   */
  record Admitted(BlockTable sequence, int cachedTokens) implements Admission {}

  /** Another sequence is computing tokens that this one shares: waiting computes them once. */
  record AwaitPrefix(int promisedTokens) implements Admission {}

  /** Not enough free blocks now. */
  record Wait(int missingBlocks) implements Admission {}
}
