package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Rotary embedding, the paged store and attention, each over KV heads and rows that one worker
 * takes. {@code ldq} is the number of elements from one row of q (and out) to the next; ranges are
 * half-open. A row's result does not depend on the ranges.
 */
interface AttentionKernels {
  /**
   * Rotates the queries and keys of KV heads h0..h1 in place and stores their keys and values, for
   * rows r0..r1.
   */
  void ropeAndStore(
      MemorySegment q,
      int ldq,
      MemorySegment k,
      MemorySegment v,
      CpuKvCache cache,
      int layer,
      boolean halfSplit,
      StepRows step,
      int h0,
      int h1,
      int r0,
      int r1);

  void copyBlock(CpuKvCache cache, int from, int to, int tokens);

  /** Bytes of working memory for {@code queries} queries of one head. */
  long scratchBytes(int queries, int headDim);

  /** Attention of one KV head for rows r0..r1, any r0. */
  void attend(
      MemorySegment out,
      MemorySegment q,
      int ldq,
      CpuKvCache cache,
      int layer,
      int head,
      StepRows step,
      int r0,
      int r1,
      MemorySegment scratch);

  /**
   * Keys of a segment: attention over each segment can be computed apart and merged, with the same
   * bits. {@code Integer.MAX_VALUE} where these kernels do not split keys.
   */
  int segmentTokens();

  /** Bytes of one query's part of a segment. */
  long partialBytes(int headDim);

  /**
   * As {@link #attend}, for the tokens of one segment; its parts, one a query, go to {@code
   * partial} from byte {@code offset} on.
   */
  void attendSegment(
      MemorySegment q,
      int ldq,
      CpuKvCache cache,
      int layer,
      int head,
      StepRows step,
      int r0,
      int r1,
      int segment,
      MemorySegment partial,
      long offset,
      MemorySegment scratch);

  /** Merges the parts of segments 0..segments, which stand one after another. */
  void merge(
      MemorySegment out,
      int ldq,
      CpuKvCache cache,
      int head,
      int r0,
      int r1,
      int segments,
      MemorySegment partial,
      long offset);
}
