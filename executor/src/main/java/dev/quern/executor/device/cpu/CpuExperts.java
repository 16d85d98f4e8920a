package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.ExpertSource.Expert;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Grouped experts: tokens sorted by expert, each expert's products over all its tokens, then for
 * each token the weighted sum in ascending expert id, so that the sum does not depend on the batch.
 * A task is one expert with up to a chunk of its tokens, from packing to its output rows.
 */
final class CpuExperts implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final CpuProducts products;
  private final Scratch index;
  private final Scratch slots;
  private final Scratch weights;
  private final Scratch outputs;
  private final Scratch[] workers;
  private final PackedRows[] inputs;
  private int[] start = new int[0];
  private int[] taskExpert = new int[0];
  private int[] taskFirst = new int[0];

  CpuExperts(OffHeap memory, Kernels kernels, WorkerPool pool, CpuProducts products) {
    this.kernels = kernels;
    this.pool = pool;
    this.products = products;
    index = new Scratch(memory, "tokens by expert");
    slots = new Scratch(memory, "slots of a token");
    weights = new Scratch(memory, "expert weights");
    outputs = new Scratch(memory, "expert outputs");
    workers = new Scratch[pool.threads()];
    inputs = new PackedRows[pool.threads()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Scratch(memory, "expert activations of a worker");
      inputs[i] = new PackedRows(memory, kernels);
    }
  }

  void run(CpuTensor out, CpuTensor x, CpuRouting routing, ExpertSource source, int rows) {
    int hidden = x.columns();
    int topK = routing.topK();
    int count = rows * topK;
    MemorySegment tokenOf = index.require(4L * count);
    MemorySegment slotOf = slots.require(4L * count);
    int tasks = sort(routing, source.count(), rows, tokenOf, slotOf);
    MemorySegment results = outputs.require(4L * count * hidden);
    Expert[] used = new Expert[source.count()];
    for (int t = 0; t < tasks; t++) {
      int e = taskExpert[t];
      if (used[e] == null) {
        used[e] = checked(source.expert(e), hidden);
      }
    }
    MemorySegment input = x.memory();
    pool.run(
        tasks,
        (t, worker) -> {
          int e = taskExpert[t];
          int first = taskFirst[t];
          int n = Math.min(Kernels.CHUNK, start[e + 1] - first);
          expert(used[e], input, hidden, tokenOf.asSlice(4L * first), n, results, first, worker);
        });
    MemorySegment shares = weights.require(4L * count);
    MemorySegment.copy(routing.weights, 0, shares, ValueLayout.JAVA_FLOAT, 0, count);
    MemorySegment target = out.target();
    int chunk = 16;
    pool.run(
        (rows + chunk - 1) / chunk,
        (i, _) ->
            kernels.combine(
                target,
                out.columns(),
                results,
                hidden,
                slotOf,
                shares,
                topK,
                i * chunk,
                Math.min(rows, (i + 1) * chunk)));
  }

  /** Counting sort by expert; tokens keep their order. Returns the number of tasks. */
  private int sort(
      CpuRouting routing, int experts, int rows, MemorySegment tokenOf, MemorySegment slotOf) {
    int count = rows * routing.topK();
    if (start.length < experts + 1) {
      start = new int[experts + 1];
    }
    int[] next = new int[experts];
    for (int i = 0; i < count; i++) {
      next[Require.index("chosen expert", routing.chosen[i], experts)]++;
    }
    int tasks = 0;
    start[0] = 0;
    for (int e = 0; e < experts; e++) {
      start[e + 1] = start[e] + next[e];
      tasks += (next[e] + Kernels.CHUNK - 1) / Kernels.CHUNK;
      next[e] = start[e];
    }
    for (int i = 0; i < count; i++) {
      int slot = next[routing.chosen[i]]++;
      tokenOf.setAtIndex(INT, slot, i / routing.topK());
      slotOf.setAtIndex(INT, i, slot);
    }
    if (taskExpert.length < tasks) {
      taskExpert = new int[tasks];
      taskFirst = new int[tasks];
    }
    int task = 0;
    for (int e = 0; e < experts; e++) {
      for (int first = start[e]; first < start[e + 1]; first += Kernels.CHUNK) {
        taskExpert[task] = e;
        taskFirst[task++] = first;
      }
    }
    return tasks;
  }

  private Expert checked(Expert expert, int hidden) {
    CpuWeight gate = CpuDevice.own(expert.gate());
    CpuWeight down = CpuDevice.own(expert.down());
    Require.inputs(gate, hidden);
    Require.same(gate, expert.up());
    Require.inputs(down, gate.rows());
    Require.outputs(down, hidden);
    products.requireAlike(gate, CpuDevice.own(expert.up()));
    return expert;
  }

  /** down(silu(gate x) * up x) of {@code n} tokens into rows first.. of {@code results}. */
  private void expert(
      Expert expert,
      MemorySegment x,
      int hidden,
      MemorySegment tokens,
      int n,
      MemorySegment results,
      int first,
      int worker) {
    Panels gate = CpuDevice.own(expert.gate()).panels();
    Panels up = CpuDevice.own(expert.up()).panels();
    Panels down = CpuDevice.own(expert.down()).panels();
    int width = gate.rows();
    MemorySegment inner = workers[worker].require(4L * n * width);
    PackedRows packed = inputs[worker];
    pack(packed, x, hidden, tokens, n, gate, up);
    kernels.gateUp(inner, width, packed, gate, up, 0, n, 0, gate.count());
    pack(packed, inner, width, null, n, down, down);
    MemorySegment target = results.asSlice(4L * first * hidden, 4L * n * hidden);
    kernels.linear(target, hidden, packed, down, false, 0, n, 0, down.count());
  }

  private void pack(
      PackedRows to, MemorySegment x, int columns, MemorySegment rows, int n, Panels a, Panels b) {
    if (products.quantized(a)) {
      to.integers(n, columns, PackedRows.levels(a.format()) | PackedRows.levels(b.format()));
      kernels.quantizeRows(to, x, columns, rows, null, 0, 0, n);
    } else {
      to.floats(n, columns);
      kernels.packRows(to, x, columns, rows, 0, n);
    }
  }

  @Override
  public void close() {
    index.close();
    slots.close();
    weights.close();
    outputs.close();
    for (int i = 0; i < workers.length; i++) {
      workers[i].close();
      inputs[i].close();
    }
  }
}
