package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.ExpertSource.Expert;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Grouped experts in three runs of the pool: gate and up of every expert over its tokens, down,
 * then for each token the weighted sum in ascending expert id, so that the sum does not depend on
 * the batch. A task quantizes its own tokens: that costs one or two percent of its products, and
 * tokens must be gathered for each expert anyway.
 */
final class CpuExperts implements AutoCloseable, WorkerPool.Task {
  private static final int COMBINED_ROWS = 16;

  /** About what second-level caches hold beside other things. */
  private static final int CACHED_BYTES = 2 << 20;

  private enum Phase {
    GATE_UP,
    DOWN,
    COMBINE
  }

  private final Kernels kernels;
  private final WorkerPool pool;
  private final CpuProducts products;
  private final ExpertGroups groups;
  private final Scratch weights;
  private final Scratch inner;
  private final Scratch outputs;
  private final PackedRows[] packed;
  private Expert[] used = new Expert[0];
  private Phase phase;
  private int rows;
  private int hidden;
  private int topK;
  private int width;
  private MemorySegment input;
  private MemorySegment middle;
  private MemorySegment results;
  private MemorySegment shares;
  private MemorySegment target;

  CpuExperts(OffHeap memory, Kernels kernels, WorkerPool pool, CpuProducts products) {
    this.kernels = kernels;
    this.pool = pool;
    this.products = products;
    groups = new ExpertGroups(memory);
    weights = new Scratch(memory, "expert weights");
    inner = new Scratch(memory, "expert inner activations");
    outputs = new Scratch(memory, "expert outputs");
    packed = new PackedRows[pool.threads()];
    for (int i = 0; i < packed.length; i++) {
      packed[i] = new PackedRows(memory, kernels);
    }
  }

  void run(CpuTensor out, CpuTensor x, CpuRouting routing, ExpertSource source, int count) {
    hidden = x.columns();
    topK = routing.topK();
    int block = blockRows(source, count);
    for (int r = 0; r < count; r += block) {
      rows = Math.min(block, count - r);
      runRows(out, x, routing, source, r);
    }
  }

  /**
   * Experts that stay in the cache take so few rows at a time that their results stay there too.
   */
  private int blockRows(ExpertSource source, int count) {
    int most = CACHED_BYTES / (4 * topK * hidden);
    boolean cached = count > most && most >= Kernels.CHUNK;
    for (int e = 0, left = CACHED_BYTES; cached && e < source.count(); e++) {
      Expert expert = source.expert(e);
      left -=
          (int) Math.min(left, bytes(expert.gate()) + bytes(expert.up()) + bytes(expert.down()));
      cached = left > 0;
    }
    return cached ? Math.ceilDiv(count, Math.ceilDiv(count, most)) : count;
  }

  private static long bytes(Weight weight) {
    return CpuDevice.own(weight).panels().data().byteSize();
  }

  /** The rows from row {@code from} on. */
  private void runRows(
      CpuTensor out, CpuTensor x, CpuRouting routing, ExpertSource source, int from) {
    groups.sort(routing, source.count(), from, rows, pool.threads());
    if (used.length < source.count()) {
      used = new Expert[source.count()];
    }
    width = 0;
    int last = -1;
    for (int t = 0; t < groups.tasks(); t++) {
      int e = groups.expert(t);
      if (e != last) {
        used[e] = checked(source.expert(e));
        last = e;
      }
    }
    int pairs = rows * topK;
    input = x.memory();
    middle = inner.require(4L * pairs * width);
    results = outputs.require(4L * pairs * hidden);
    shares = weights.require(4L * pairs);
    MemorySegment.copy(routing.weights, from * topK, shares, ValueLayout.JAVA_FLOAT, 0, pairs);
    target = out.target().asSlice(4L * from * hidden);
    phase = Phase.GATE_UP;
    pool.run(groups.tasks(), this);
    phase = Phase.DOWN;
    pool.run(groups.tasks(), this);
    phase = Phase.COMBINE;
    pool.run((rows + COMBINED_ROWS - 1) / COMBINED_ROWS, this);
  }

  private Expert checked(Expert expert) {
    CpuWeight gate = CpuDevice.own(expert.gate());
    CpuWeight down = CpuDevice.own(expert.down());
    Require.inputs(gate, hidden);
    Require.inputs(down, gate.rows());
    Require.outputs(down, hidden);
    products.requireAlike(gate, CpuDevice.own(expert.up()));
    width = Math.max(width, gate.rows());
    return expert;
  }

  @Override
  public void run(int task, int worker) {
    switch (phase) {
      case GATE_UP -> gateUp(task, packed[worker]);
      case DOWN -> down(task, packed[worker]);
      case COMBINE -> {
        int r0 = task * COMBINED_ROWS;
        int r1 = Math.min(rows, r0 + COMBINED_ROWS);
        kernels.combine(target, hidden, results, hidden, groups.slotOf(), shares, topK, r0, r1);
      }
    }
  }

  /** silu(gate x) * up x of the task's tokens, into their slots of {@code middle}. */
  private void gateUp(int task, PackedRows to) {
    Expert expert = used[groups.expert(task)];
    Panels gate = CpuDevice.own(expert.gate()).panels();
    Panels up = CpuDevice.own(expert.up()).panels();
    int n = groups.count(task);
    int first = groups.first(task);
    pack(to, input, hidden, groups.tokenOf().asSlice(4L * first), n, gate, up);
    int p0 = groups.panel(task, 0, gate.count());
    int p1 = groups.panel(task, 1, gate.count());
    MemorySegment out = middle.asSlice(4L * first * width);
    kernels.gateUp(out, width, to, gate, up, 0, n, p0, p1);
  }

  private void down(int task, PackedRows to) {
    Panels down = CpuDevice.own(used[groups.expert(task)].down()).panels();
    int n = groups.count(task);
    int first = groups.first(task);
    pack(to, middle.asSlice(4L * first * width), width, null, n, down, down);
    int p0 = groups.panel(task, 0, down.count());
    int p1 = groups.panel(task, 1, down.count());
    MemorySegment out = results.asSlice(4L * first * hidden);
    kernels.linear(out, hidden, to, down, false, 0, n, p0, p1);
  }

  /** Packs n rows of x, those that {@code index} names, for products with both weights. */
  private void pack(
      PackedRows to, MemorySegment x, int ldx, MemorySegment index, int n, Panels a, Panels b) {
    int columns = a.columns();
    if (products.quantized(a)) {
      to.integers(n, columns, PackedRows.levels(a.format()) | PackedRows.levels(b.format()));
      kernels.quantizeRows(to, x, ldx, index, null, 0, 0, n);
    } else {
      to.floats(n, columns);
      kernels.packRows(to, x, ldx, index, 0, n);
    }
  }

  @Override
  public void close() {
    groups.close();
    weights.close();
    inner.close();
    outputs.close();
    for (PackedRows rows : packed) {
      rows.close();
    }
  }
}
