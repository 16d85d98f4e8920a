package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * The packed form of the tensor that products read last: router, experts and shared expert take the
 * same rows, which are packed or quantized once, by all threads.
 */
final class PackedInput implements AutoCloseable, WorkerPool.Task {
  /** Rows that a task quantizes, where there are enough for all threads. */
  private static final int ROWS = 36;

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

  /** Cuts rows into tasks: quantized ones evenly by fours, others at chunks. */
  private int split(int rows) {
    int chunks = (rows + Kernels.CHUNK - 1) / Kernels.CHUNK;
    int tasks = packed.quantized() ? Math.max(rows / ROWS, pool.threads()) : chunks;
    if (starts.length < tasks + 1) {
      starts = new int[tasks + 1];
    }
    int r = 0;
    for (int task = 0; task < tasks; task++) {
      starts[task] = r;
      r = packed.quantized() ? endOf(r, rows, task + 1, tasks) : r + Kernels.CHUNK;
    }
    starts[tasks] = rows;
    return tasks;
  }

  /** Where the task that begins at row r ends, so that tasks are about even. */
  private static int endOf(int r, int rows, int task, int tasks) {
    int end = r;
    while (end < (long) rows * task / tasks) {
      end += PackedRows.fourRows(end, rows);
    }
    return end;
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
