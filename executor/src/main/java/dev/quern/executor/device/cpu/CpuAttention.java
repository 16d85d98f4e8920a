package dev.quern.executor.device.cpu;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Rotary embedding, the KV store, and attention split by KV head and group of rows. */
final class CpuAttention implements AutoCloseable {
  private static final int MIN_ROWS = 8;
  private static final int MAX_ROWS = 32;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final StepRows step;
  private final Scratch[] workers;
  private final Map<Rope, AngleTable> angles = new HashMap<>();
  private AttentionBatch filled;
  private int filledBlockSize;
  private Rope rotated;

  CpuAttention(OffHeap memory, Kernels kernels, WorkerPool pool) {
    this.kernels = kernels;
    this.pool = pool;
    step = new StepRows(memory);
    workers = new Scratch[pool.threads()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Scratch(memory, "attention tiles of a worker");
    }
  }

  void ropeAndStore(
      CpuTensor q,
      CpuTensor k,
      CpuTensor v,
      Rope rope,
      CpuKvCache cache,
      int layer,
      AttentionBatch batch) {
    KvSpec spec = cache.spec();
    fill(q, spec, layer, batch);
    if (rope.headDim() != spec.headDim()) {
      throw new IllegalArgumentException(
          "rope: head_dim " + rope.headDim() + " but the cache has " + spec.headDim());
    }
    if (!rope.equals(rotated)) {
      step.rotate(angles.computeIfAbsent(rope, AngleTable::new));
      rotated = rope;
    }
    MemorySegment queries = q.target();
    MemorySegment keys = k.target();
    MemorySegment values = v.memory();
    boolean halfSplit =
        switch (rope.style()) {
          case INTERLEAVED -> false;
          case HALF_SPLIT -> true;
        };
    int heads = q.columns() / spec.headDim();
    int rows = batch.rows();
    pool.run(
        (rows + MAX_ROWS - 1) / MAX_ROWS,
        (i, _) -> {
          int r0 = i * MAX_ROWS;
          int r1 = Math.min(rows, r0 + MAX_ROWS);
          kernels.rope(queries, heads, step, halfSplit, r0, r1);
          kernels.rope(keys, spec.kvHeads(), step, halfSplit, r0, r1);
          kernels.store(cache, layer, keys, values, step, r0, r1);
        });
  }

  void attention(CpuTensor out, CpuTensor q, CpuKvCache cache, int layer, AttentionBatch batch) {
    KvSpec spec = cache.spec();
    fill(q, spec, layer, batch);
    int rows = batch.rows();
    int group = q.columns() / (spec.kvHeads() * spec.headDim());
    int balanced = (rows * spec.kvHeads() + 4 * pool.threads() - 1) / (4 * pool.threads());
    int rowsPerTask = Math.clamp(balanced, MIN_ROWS, MAX_ROWS);
    long scratchBytes = kernels.attentionScratch(rowsPerTask * group, spec.headDim());
    MemorySegment target = out.target();
    MemorySegment queries = q.memory();
    int width = q.columns();
    pool.run(
        (rows + rowsPerTask - 1) / rowsPerTask * spec.kvHeads(),
        (i, worker) -> {
          int r0 = i / spec.kvHeads() * rowsPerTask;
          kernels.attention(
              target,
              queries,
              width,
              cache,
              layer,
              i % spec.kvHeads(),
              step,
              r0,
              Math.min(rows, r0 + rowsPerTask),
              workers[worker].require(scratchBytes));
        });
  }

  /** All layers of a step bring the same batch: it is checked and spread once. */
  @SuppressWarnings("ReferenceEquality") // a batch that is merely equal is filled again: correct
  private void fill(CpuTensor q, KvSpec spec, int layer, AttentionBatch batch) {
    boolean same = batch == filled && spec.blockSize() == filledBlockSize && layer > 0;
    if (!same) {
      Require.attention(q, spec, layer, batch);
      step.fill(batch, spec.blockSize());
      filled = batch;
      filledBlockSize = spec.blockSize();
      rotated = null;
    }
  }

  @Override
  public void close() {
    step.close();
    for (Scratch scratch : workers) {
      scratch.close();
    }
  }
}
