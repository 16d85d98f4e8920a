package dev.quern.executor.cache;

import java.util.List;

/** What sequences that wait will want of the cache. */
@FunctionalInterface
public interface Demand {
  /** Nobody waits. */
  Demand NONE = (_, _) -> List.of();

  /**
   * A waiting sequence that begins like the tokens asked for.
   *
   * @param tokens number of leading tokens that are the same
   */
  record Match(int tokens, Turn turn) {}

  /**
   * The waiting sequences next to the first {@code length} tokens in lexicographic order, on either
   * side: no other shares more with them.
   */
  List<Match> nearest(int[] tokens, int length);
}
