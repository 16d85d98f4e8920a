package dev.quern.executor.device.cpu;

import dev.quern.executor.device.StridedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The hot loops, each over a range that one worker takes. {@code ld..} are elements from one row to
 * the next, ranges are half-open, r0 is a multiple of {@link #CHUNK}. A row's result does not
 * depend on the ranges.
 */
interface Kernels {
  /** Rows per task are multiples of this: every kernel's row blocks divide it. */
  int CHUNK = 96;

  /** The instruction set, as {@code quern bench} prints it. */
  String isa();

  /**
   * Binds the calling thread to the n-th processor that it may run on, where these are {@code
   * threads} in number, so that each thread keeps its own. Fewer threads, or processors of which a
   * quota allows a part, are left to the system, which knows what else runs.
   */
  default void pin(int processor, int threads) {}

  /**
   * Zeroed memory that lives as long as the arena, in large pages where the system has them.
   *
   * @throws OutOfMemoryError when there is none
   */
  default MemorySegment map(Arena arena, long bytes) {
    return arena.allocate(bytes, 64);
  }

  /** Begins to bring up a panel, as much of it as a product fetches ahead. */
  default void fetch(Panels w, int panel) {}

  /** Packs panels p0..p1 of a matrix of 16- or 32-bit numbers. */
  void pack(MemorySegment panels, StridedMatrix matrix, int p0, int p1);

  /** out[i] = row ids[i] of the table. */
  void embed(MemorySegment out, int ldo, MemorySegment ids, Panels table, int r0, int r1);

  /** Packs rows r0..r1 of x (those that {@code index} names, or 0..rows) as float32. */
  void packRows(PackedRows to, MemorySegment x, int ldx, MemorySegment index, int r0, int r1);

  /** Bytes of one quantized row. */
  long quantizedBytes(int columns);

  /**
   * Quantizes and packs rows r0..r1, whole fours of {@link PackedRows#fourRows}; with a gain (not
   * null) each row is normed first.
   */
  void quantizeRows(
      PackedRows to,
      MemorySegment x,
      int ldx,
      MemorySegment index,
      MemorySegment gain,
      float eps,
      int r0,
      int r1);

  /** out = x . w^T for panels p0..p1, or out += where {@code add}. */
  void linear(
      MemorySegment out,
      int ldo,
      PackedRows x,
      Panels w,
      boolean add,
      int r0,
      int r1,
      int p0,
      int p1);

  /** out = silu(x . gate^T) * (x . up^T) for panels p0..p1. */
  void gateUp(
      MemorySegment out,
      int ldo,
      PackedRows x,
      Panels gate,
      Panels up,
      int r0,
      int r1,
      int p0,
      int p1);

  void rmsNorm(
      MemorySegment out,
      int ldo,
      MemorySegment x,
      int ldx,
      MemorySegment gain,
      float eps,
      int columns,
      int r0,
      int r1);

  /** x[from..to) += y[from..to), counted in elements. */
  void add(MemorySegment x, MemorySegment y, long from, long to);

  /** out[r] = sum over ascending j of weights[r, j] * y[slots[r, j]]. */
  void combine(
      MemorySegment out,
      int ldo,
      MemorySegment y,
      int columns,
      MemorySegment slots,
      MemorySegment weights,
      int topK,
      int r0,
      int r1);

  /** Answer of {@link #argmax} where a number is NaN or plus infinity. */
  int NOT_FINITE = -2;

  /**
   * The lowest index of the largest of numbers from..to behind element {@code offset}; -1 where all
   * are minus infinity, {@link #NOT_FINITE} where one is NaN or plus infinity.
   */
  int argmax(MemorySegment x, long offset, int from, int to);

  /** Rotary embedding, KV store and attention. */
  AttentionKernels attention();
}
