package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * The packed form of the tensor that products read last: router, experts and shared expert take the
 * same rows, which are packed or quantized once, by all threads.
 */
final class PackedInput implements AutoCloseable, WorkerPool.Task {
  /** Blocks that a task packs. */
  private static final int BLOCKS = 3;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final PackedRows packed;
  private CpuTensor tensor;
  private long version;
  private MemorySegment source;
  private MemorySegment gain;
  private float eps;
  private int[] starts = new int[0];

  PackedInput(OffHeap memory, Kernels kernels, WorkerPool pool) {
    this.kernels = kernels;
    this.pool = pool;
    packed = new PackedRows(memory, kernels);
  }

  /** The leading rows and columns as float32. */
  PackedRows floats(CpuTensor x, int columns, int rows) {
    if (!fresh(x, columns, rows)) {
      packed.floats(rows, columns);
      fill(x, null, 0, rows);
    }
    return packed;
  }

  /** The same as int8, with sums for these levels at least. */
  PackedRows integers(CpuTensor x, int columns, int rows, int levels) {
    if (!fresh(x, columns, rows) || (packed.levels() & levels) != levels) {
      packed.integers(rows, columns, levels);
      fill(x, null, 0, rows);
    }
    return packed;
  }

  /** The rows normed, as int8. Not kept for a later call. */
  PackedRows normed(
      CpuTensor x, MemorySegment normGain, float normEps, int columns, int rows, int levels) {
    packed.integers(rows, columns, levels);
    fill(x, normGain, normEps, rows);
    tensor = null;
    return packed;
  }

  private boolean fresh(CpuTensor x, int columns, int rows) {
    return tensor == x
        && version == x.version()
        && packed.rows() == rows
        && packed.columns() == columns;
  }

  private void fill(CpuTensor x, MemorySegment normGain, float normEps, int rows) {
    tensor = x;
    version = x.version();
    source = x.memory();
    gain = normGain;
    eps = normEps;
    pool.run(split(rows), this);
  }

  /** Cuts rows where blocks begin; float blocks are cut at chunks only. */
  private int split(int rows) {
    if (starts.length < rows / PackedRows.BLOCK + 3) {
      starts = new int[rows / PackedRows.BLOCK + 3];
    }
    int tasks = 0;
    for (int r = 0; r < rows; ) {
      starts[tasks++] = r;
      if (packed.quantized()) {
        int end = (r / Kernels.CHUNK + 1) * Kernels.CHUNK;
        for (int b = 0; b < BLOCKS && r < Math.min(rows, end); b++) {
          r += PackedRows.blockRows(r, rows);
        }
      } else {
        r = Math.min(rows, r + Kernels.CHUNK);
      }
    }
    starts[tasks] = rows;
    return tasks;
  }

  @Override
  public void run(int index, int worker) {
    int r0 = starts[index];
    int r1 = starts[index + 1];
    int width = tensor.columns();
    if (packed.quantized()) {
      kernels.quantizeRows(packed, source, width, null, gain, eps, r0, r1);
    } else {
      kernels.packRows(packed, source, width, null, r0, r1);
    }
  }

  @Override
  public void close() {
    packed.close();
  }
}
