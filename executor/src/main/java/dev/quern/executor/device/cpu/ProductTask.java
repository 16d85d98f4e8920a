package dev.quern.executor.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * One product, or several of the same input, cut into rectangles of panels and chunks of rows. It
 * is filled for each run and kept, so that a step makes no garbage.
 *
 * <p>Few rows are normed and quantized by every worker for itself, into its own memory: that is
 * cheaper than a run of the pool before the product. The bits are the same.
 */
final class ProductTask implements WorkerPool.Task, AutoCloseable {
  /** Below this many multiply-adds a second thread costs more than it saves. */
  private static final long ALONE = 100_000;

  /** Tasks for each thread, so that a late one does not keep the others waiting long. */
  private static final int TASKS = 4;

  /** The same where all of the work takes some microseconds. */
  private static final int FEW_TASKS = 2;

  private static final long LITTLE = 4_000_000;

  /** Most weights of a run. */
  static final int WEIGHTS = 3;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final PackedRows[] own;
  private final long[] packedFor;
  private final MemorySegment[] outs = new MemorySegment[WEIGHTS];
  private final int[] widths = new int[WEIGHTS];
  private final Panels[] weights = new Panels[WEIGHTS];
  private int count;
  private boolean gated;
  private boolean add;
  private PackedRows shared;
  private MemorySegment source;
  private int sourceWidth;
  private MemorySegment gain;
  private float eps;
  private int levels;
  private int rows;
  private int panels;
  private int columnTasks;
  private int rowTasks;
  private long run;

  ProductTask(OffHeap memory, Kernels kernels, WorkerPool pool) {
    this.kernels = kernels;
    this.pool = pool;
    own = new PackedRows[pool.threads()];
    packedFor = new long[own.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = new PackedRows(memory, kernels);
    }
  }

  /** Begins a product of these rows, which already stand packed. */
  ProductTask of(PackedRows packed) {
    shared = packed;
    return start(packed.rows());
  }

  /** Begins a product of rows that each worker quantizes, after a norm where gain is not null. */
  ProductTask of(CpuTensor x, MemorySegment normGain, float normEps, int sums, int count) {
    shared = null;
    source = x.memory();
    sourceWidth = x.columns();
    gain = normGain;
    eps = normEps;
    levels = sums;
    return start(count);
  }

  private ProductTask start(int rowCount) {
    rows = rowCount;
    count = 0;
    add = false;
    gated = false;
    return this;
  }

  /** One more product. */
  ProductTask into(MemorySegment out, int width, Panels w) {
    outs[count] = out;
    widths[count] = width;
    weights[count++] = w;
    return this;
  }

  /** out += instead of out =. */
  void runAdding() {
    add = true;
    start(weights[0].count(), weights[0].rows());
  }

  void run() {
    int outputs = 0;
    int all = 0;
    for (int i = 0; i < count; i++) {
      all += weights[i].count();
      outputs += weights[i].rows();
    }
    start(all, outputs);
  }

  /** silu(first) * second into the first's output. */
  void runGated() {
    gated = true;
    start(weights[0].count(), 2 * weights[0].rows());
  }

  private void start(int allPanels, int outputs) {
    run++;
    panels = allPanels;
    long work = (long) rows * weights[0].columns() * outputs;
    int each = work < LITTLE ? FEW_TASKS : TASKS;
    int wanted = work < ALONE || pool.threads() == 1 ? 1 : each * pool.threads();
    columnTasks = even(panels, wanted, pool.threads());
    int chunks = (rows + Kernels.CHUNK - 1) / Kernels.CHUNK;
    rowTasks = Math.min(chunks, (wanted + columnTasks - 1) / columnTasks);
    pool.run(columnTasks * rowTasks, WorkerPool.Shares.NEIGHBOURS, this);
  }

  @Override
  public void run(int index, int worker) {
    int chunks = (rows + Kernels.CHUNK - 1) / Kernels.CHUNK;
    int row = index / columnTasks;
    int column = index % columnTasks;
    int r0 = part(chunks, row, rowTasks) * Kernels.CHUNK;
    int r1 = Math.min(rows, part(chunks, row + 1, rowTasks) * Kernels.CHUNK);
    int p0 = part(panels, column, columnTasks);
    int p1 = part(panels, column + 1, columnTasks);
    PackedRows x = shared == null ? packed(worker, p0) : shared;
    if (gated) {
      kernels.gateUp(outs[0], widths[0], x, weights[0], weights[1], r0, r1, p0, p1);
      return;
    }
    int first = 0;
    for (int i = 0; i < count; i++) {
      int from = Math.max(0, p0 - first);
      int to = Math.min(weights[i].count(), p1 - first);
      if (from < to) {
        kernels.linear(outs[i], widths[i], x, weights[i], add, r0, r1, from, to);
      }
      first += weights[i].count();
    }
  }

  /** The worker's own copy, quantized while the first weights that it will multiply come up. */
  private PackedRows packed(int worker, int panel) {
    PackedRows mine = own[worker];
    if (packedFor[worker] != run) {
      int first = 0;
      for (int i = 0; i < count; i++) {
        if (gated || (panel >= first && panel < first + weights[i].count())) {
          kernels.fetch(weights[i], gated ? panel : panel - first);
        }
        first += weights[i].count();
      }
      mine.integers(rows, weights[0].columns(), levels);
      kernels.quantizeRows(mine, source, sourceWidth, null, gain, eps, 0, rows);
      packedFor[worker] = run;
    }
    return mine;
  }

  /**
   * At most {@code wanted} tasks, so many that equal ones come out for every thread if it can be.
   */
  static int even(int panels, int wanted, int threads) {
    if (wanted < threads) {
      return wanted;
    }
    for (int tasks = wanted / threads * threads; tasks > 0; tasks -= threads) {
      if (panels % tasks == 0) {
        return tasks;
      }
    }
    return Math.min(panels, panels < 2 * wanted * threads ? 2 * wanted : wanted);
  }

  private static int part(int count, int index, int of) {
    return (int) ((long) count * index / of);
  }

  @Override
  public void close() {
    for (PackedRows rows : own) {
      rows.close();
    }
  }
}
