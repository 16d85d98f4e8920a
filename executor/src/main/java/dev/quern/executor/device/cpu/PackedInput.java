package dev.quern.executor.device.cpu;

import dev.quern.executor.device.host.ActivationGroups;
import java.lang.foreign.MemorySegment;

/**
 * The packed form of the tensor that products read last: q, k and v, or router, experts and shared
 * expert, take the same rows, which are packed or quantized once.
 */
final class PackedInput implements AutoCloseable {
  private final Kernels kernels;
  private final WorkerPool pool;
  private final boolean quantized;
  private final Scratch data;
  private final Scratch scales;
  private final Scratch sums;
  private final Scratch lines;
  private CpuTensor tensor;
  private long version;
  private PackedRows packed;

  PackedInput(OffHeap memory, Kernels kernels, WorkerPool pool, boolean quantized) {
    this.kernels = kernels;
    this.pool = pool;
    this.quantized = quantized;
    data = new Scratch(memory, "packed activations");
    scales = new Scratch(memory, "activation scales");
    sums = new Scratch(memory, "activation sums");
    lines = new Scratch(memory, "a quantized row per worker");
  }

  PackedRows of(CpuTensor x, int columns, int rows) {
    boolean fresh =
        tensor == x
            && version == x.version()
            && packed.rows() == rows
            && packed.columns() == columns;
    if (!fresh) {
      packed = quantized ? quantize(x, columns, rows) : pack(x, columns, rows);
      tensor = x;
      version = x.version();
    }
    return packed;
  }

  private PackedRows pack(CpuTensor x, int columns, int rows) {
    PackedRows to = new PackedRows(rows, columns, data.require(4L * rows * columns), null, null);
    MemorySegment from = x.memory();
    chunks(rows, (r0, r1, _) -> kernels.packRows(to, from, x.columns(), null, r0, r1));
    return to;
  }

  private PackedRows quantize(CpuTensor x, int columns, int rows) {
    long groups = 4L * rows * ActivationGroups.count(columns);
    PackedRows to =
        new PackedRows(
            rows,
            columns,
            data.require(rows * kernels.quantizedBytes(columns)),
            scales.require(groups),
            sums.require(groups));
    MemorySegment from = x.memory();
    long line = (columns + 63L) / 64 * 64;
    MemorySegment all = lines.require(line * pool.threads());
    chunks(
        rows,
        (r0, r1, worker) ->
            kernels.quantizeRows(
                to, from, x.columns(), null, r0, r1, all.asSlice(worker * line, line)));
    return to;
  }

  @FunctionalInterface
  private interface Rows {
    void run(int r0, int r1, int worker);
  }

  private void chunks(int rows, Rows body) {
    int chunks = (rows + Kernels.CHUNK - 1) / Kernels.CHUNK;
    pool.run(
        chunks,
        (i, worker) ->
            body.run(i * Kernels.CHUNK, Math.min(rows, (i + 1) * Kernels.CHUNK), worker));
  }

  @Override
  public void close() {
    data.close();
    scales.close();
    sums.close();
    lines.close();
  }
}
