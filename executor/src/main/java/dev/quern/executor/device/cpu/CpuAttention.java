package dev.quern.executor.device.cpu;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Rotary embedding, the KV store and attention over the pool. The operands of a call stand in
 * fields while it runs, so that a step makes no closures; one thread drives a device.
 */
final class CpuAttention implements AutoCloseable {
  private static final int ROPE_ROWS = 32;

  private final AttentionKernels kernels;
  private final WorkerPool pool;
  private final StepRows step;
  private final Scratch[] workers;
  private final Scratch partials;
  private final Map<Rope, AngleTable> angles = new HashMap<>();
  private final WorkerPool.Task ropeTask = this::ropeRows;
  private final WorkerPool.Task attentionTask = this::attend;
  private final WorkerPool.Task segmentTask = this::attendSegment;
  private final WorkerPool.Task mergeTask = this::merge;
  private AttentionBatch filled;
  private int filledBlockSize;
  private Rope rotated;
  private AttentionSplit split;
  private int splitGroup;
  private int splitHeads;

  // The call in progress.
  private MemorySegment out;
  private MemorySegment q;
  private MemorySegment k;
  private MemorySegment v;
  private CpuKvCache cache;
  private MemorySegment partial;
  private boolean store;
  private boolean halfSplit;
  private int columns;
  private int layer;
  private long scratchBytes;
  private long partialBytes;

  CpuAttention(OffHeap memory, AttentionKernels kernels, WorkerPool pool) {
    this.kernels = kernels;
    this.pool = pool;
    step = new StepRows(memory);
    partials = new Scratch(memory, "attention over segments");
    workers = new Scratch[pool.threads()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Scratch(memory, "attention tiles of a worker");
    }
  }

  void ropeAndStore(
      CpuTensor queries,
      CpuTensor keys,
      CpuTensor values,
      Rope rope,
      CpuKvCache kv,
      int index,
      AttentionBatch batch) {
    begin(queries, kv, index, batch);
    beginRope(queries, keys, values, rope);
    pool.run((batch.rows() + ROPE_ROWS - 1) / ROPE_ROWS, ropeTask);
  }

  void attention(CpuTensor to, CpuTensor queries, CpuKvCache kv, int index, AttentionBatch batch) {
    begin(queries, kv, index, batch);
    store = false;
    out = to.target();
    run();
  }

  /** Both: in one run of the pool where each task's rows need no other task's keys. */
  void ropeAttention(
      CpuTensor to,
      CpuTensor queries,
      CpuTensor keys,
      CpuTensor values,
      Rope rope,
      CpuKvCache kv,
      int index,
      AttentionBatch batch) {
    begin(queries, kv, index, batch);
    beginRope(queries, keys, values, rope);
    store = split.fused();
    if (!store) {
      pool.run((batch.rows() + ROPE_ROWS - 1) / ROPE_ROWS, ropeTask);
    }
    out = to.target();
    run();
  }

  private void run() {
    KvSpec spec = cache.spec();
    int tasks = split.ranges() * spec.kvHeads();
    scratchBytes = kernels.scratchBytes(split.rowsPerTask() * splitGroup, spec.headDim());
    if (split.segments() == 1) {
      pool.run(tasks, attentionTask);
      return;
    }
    partialBytes = (long) split.rowsPerTask() * splitGroup * kernels.partialBytes(spec.headDim());
    partial = partials.require((long) tasks * split.segments() * partialBytes);
    pool.run(tasks * split.segments(), segmentTask);
    pool.run(tasks, mergeTask);
  }

  private void begin(CpuTensor queries, CpuKvCache kv, int index, AttentionBatch batch) {
    KvSpec spec = kv.spec();
    fill(queries, spec, index, batch);
    columns = queries.columns();
    int group = columns / (spec.kvHeads() * spec.headDim());
    if (split == null || group != splitGroup || spec.kvHeads() != splitHeads) {
      split =
          AttentionSplit.of(step, group, spec.kvHeads(), pool.threads(), kernels.segmentTokens());
      splitGroup = group;
      splitHeads = spec.kvHeads();
    }
    q = queries.memory();
    cache = kv;
    layer = index;
  }

  private void beginRope(CpuTensor queries, CpuTensor keys, CpuTensor values, Rope rope) {
    int headDim = cache.spec().headDim();
    if (rope.headDim() != headDim) {
      throw new IllegalArgumentException(
          "rope: head_dim " + rope.headDim() + " but the cache has " + headDim);
    }
    if (!rope.equals(rotated)) {
      step.rotate(angles.computeIfAbsent(rope, AngleTable::new));
      rotated = rope;
    }
    q = queries.target();
    k = keys.target();
    v = values.memory();
    halfSplit =
        switch (rope.style()) {
          case INTERLEAVED -> false;
          case HALF_SPLIT -> true;
        };
  }

  private void ropeRows(int task, int worker) {
    int r0 = task * ROPE_ROWS;
    ropeStore(0, cache.spec().kvHeads(), r0, Math.min(step.rows(), r0 + ROPE_ROWS));
  }

  private void ropeStore(int h0, int h1, int r0, int r1) {
    kernels.ropeAndStore(q, columns, k, v, cache, layer, halfSplit, step, h0, h1, r0, r1);
  }

  private int head(int task) {
    return task % splitHeads;
  }

  /** First row of a task: the last rows, which see most keys, come first. */
  private int firstRow(int task) {
    return (split.ranges() - 1 - task / splitHeads) * split.rowsPerTask();
  }

  private int endRow(int firstRow) {
    return Math.min(step.rows(), firstRow + split.rowsPerTask());
  }

  private void attend(int task, int worker) {
    int h = head(task);
    int r0 = firstRow(task);
    int r1 = endRow(r0);
    if (store) {
      ropeStore(h, h + 1, r0, r1);
    }
    MemorySegment scratch = workers[worker].require(scratchBytes);
    kernels.attend(out, q, columns, cache, layer, h, step, r0, r1, scratch);
  }

  private void attendSegment(int task, int worker) {
    int unit = task / split.segments();
    int segment = task % split.segments();
    int r0 = firstRow(unit);
    int r1 = endRow(r0);
    // Parts of a unit stand one after another, a segment's as long as the unit has queries.
    long bytes = partialBytes / split.rowsPerTask() * (r1 - r0);
    long at = (long) unit * split.segments() * partialBytes + segment * bytes;
    MemorySegment scratch = workers[worker].require(scratchBytes);
    kernels.attendSegment(
        q, columns, cache, layer, head(unit), step, r0, r1, segment, partial, at, scratch);
  }

  private void merge(int unit, int worker) {
    int r0 = firstRow(unit);
    long at = (long) unit * split.segments() * partialBytes;
    kernels.merge(out, columns, cache, head(unit), r0, endRow(r0), split.segments(), partial, at);
  }

  /** All layers of a step bring the same batch: it is checked and spread once. */
  @SuppressWarnings("ReferenceEquality") // a batch that is merely equal is filled again: correct
  private void fill(CpuTensor queries, KvSpec spec, int index, AttentionBatch batch) {
    boolean same = batch == filled && spec.blockSize() == filledBlockSize && index > 0;
    if (!same) {
      Require.attention(queries, spec, index, batch);
      step.fill(batch, spec.blockSize());
      filled = batch;
      filledBlockSize = spec.blockSize();
      rotated = null;
      split = null;
    }
  }

  @Override
  public void close() {
    step.close();
    partials.close();
    for (Scratch scratch : workers) {
      scratch.close();
    }
  }
}
