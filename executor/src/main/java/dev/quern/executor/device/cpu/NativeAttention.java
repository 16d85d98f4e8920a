package dev.quern.executor.device.cpu;

import dev.quern.executor.device.KvSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Attention in C, of one instruction set: kv.c and attention.c. */
final class NativeAttention implements AttentionKernels {
  /** As SEGMENT in attention.c. */
  private static final int SEGMENT = 512;

  private final RopeStore ropeStore;
  private final CopyBlock copyBlock;
  private final ScratchFloats scratchFloats;
  private final Attention attention;
  private final PartialFloats partialFloats;
  private final Merge merge;

  NativeAttention(SymbolLookup library, Isa isa) {
    ropeStore = bind(library, isa, "rope_store", RopeStore.class);
    copyBlock = bind(library, isa, "kv_copy", CopyBlock.class);
    scratchFloats = bind(library, isa, "attention_scratch", ScratchFloats.class);
    attention = bind(library, isa, "attention", Attention.class);
    partialFloats = bind(library, isa, "attention_partial", PartialFloats.class);
    merge = bind(library, isa, "attention_merge", Merge.class);
  }

  private static <T> T bind(SymbolLookup library, Isa isa, String name, Class<T> type) {
    return NativeCalls.bind(library, "quern_" + name + "_" + isa.suffix(), type);
  }

  private static int group(int ldq, KvSpec spec) {
    return ldq / (spec.kvHeads() * spec.headDim());
  }

  @Override
  public void ropeAndStore(
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
      int r1) {
    KvSpec spec = cache.spec();
    ropeStore.call(
        q.address(),
        ldq,
        k.address(),
        v.address(),
        (long) spec.kvHeads() * spec.headDim(),
        cache.address(),
        layer,
        group(ldq, spec),
        halfSplit ? 1 : 0,
        step.address(),
        h0,
        h1,
        r0,
        r1);
  }

  @Override
  public void copyBlock(CpuKvCache cache, int from, int to, int tokens) {
    copyBlock.call(cache.address(), cache.spec().layers(), from, to, tokens);
  }

  @Override
  public long scratchBytes(int queries, int headDim) {
    return 4 * scratchFloats.call(queries, headDim);
  }

  @Override
  public void attend(
      MemorySegment out,
      MemorySegment q,
      int ldq,
      CpuKvCache cache,
      int layer,
      int head,
      StepRows step,
      int r0,
      int r1,
      MemorySegment scratch) {
    attention.call(
        out.address(),
        q.address(),
        ldq,
        cache.address(),
        layer,
        group(ldq, cache.spec()),
        head,
        step.address(),
        r0,
        r1,
        0,
        0,
        scratch.address());
  }

  @Override
  public int segmentTokens() {
    return SEGMENT;
  }

  @Override
  public long partialBytes(int headDim) {
    return 4 * partialFloats.call(headDim);
  }

  @Override
  public void attendSegment(
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
      MemorySegment scratch) {
    attention.call(
        0,
        q.address(),
        ldq,
        cache.address(),
        layer,
        group(ldq, cache.spec()),
        head,
        step.address(),
        r0,
        r1,
        segment,
        partial.address() + offset,
        scratch.address());
  }

  @Override
  public void merge(
      MemorySegment out,
      int ldq,
      CpuKvCache cache,
      int head,
      int r0,
      int r1,
      int segments,
      MemorySegment partial,
      long offset) {
    KvSpec spec = cache.spec();
    merge.call(
        out.address(),
        ldq,
        spec.headDim(),
        group(ldq, spec),
        head,
        r0,
        r1,
        segments,
        partial.address() + offset);
  }

  // The C functions; parameters in the order of the C source.

  public interface RopeStore {
    void call(
        long q,
        long ldq,
        long k,
        long v,
        long ldk,
        long cache,
        int layer,
        int group,
        int halfSplit,
        long step,
        int h0,
        int h1,
        int r0,
        int r1);
  }

  public interface CopyBlock {
    void call(long cache, int layers, int from, int to, int tokens);
  }

  public interface ScratchFloats {
    long call(int queries, int dim);
  }

  public interface Attention {
    void call(
        long out,
        long q,
        long ldq,
        long cache,
        int layer,
        int group,
        int head,
        long step,
        int r0,
        int r1,
        int segment,
        long partial,
        long scratch);
  }

  public interface PartialFloats {
    long call(int dim);
  }

  public interface Merge {
    void call(
        long out,
        long ldq,
        int dim,
        int group,
        int head,
        int r0,
        int r1,
        int segments,
        long partial);
  }
}
