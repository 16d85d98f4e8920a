package dev.quern.executor.device.cpu;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.Routing;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The host's cores as a device: operations split over a worker pool, hot loops in kernels. */
public final class CpuDevice implements Device {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final String description;
  private final Kernels kernels;
  private final WorkerPool pool;
  private final OffHeap memory;
  private final CpuProducts products;
  private final CpuExperts experts;
  private final CpuAttention attention;
  private final CpuRouter router;
  private final CpuSampling sampling;

  CpuDevice(Kernels kernels, int threads, DeviceOptions options, String description) {
    this.kernels = kernels;
    this.description = description;
    memory = new OffHeap(kernels);
    pool = new WorkerPool(threads, worker -> kernels.pin(worker, threads));
    products = new CpuProducts(memory, kernels, pool, options.activations());
    experts = new CpuExperts(memory, kernels, pool, products);
    attention = new CpuAttention(memory, kernels.attention(), pool);
    router = new CpuRouter(memory, pool, products);
    sampling = new CpuSampling(kernels, pool);
  }

  static CpuTensor own(Tensor tensor) {
    if (tensor instanceof CpuTensor own) {
      return own;
    }
    throw new IllegalArgumentException("tensor of another device: " + tensor.getClass().getName());
  }

  static CpuWeight own(Weight weight) {
    if (weight instanceof CpuWeight own) {
      return own;
    }
    throw new IllegalArgumentException(weight.name() + ": weight of another device");
  }

  private static CpuKvCache own(KvCache cache) {
    if (cache instanceof CpuKvCache own) {
      return own;
    }
    throw new IllegalArgumentException("KV cache of another device: " + cache.spec());
  }

  private static CpuRouting own(Routing routing) {
    if (routing instanceof CpuRouting own) {
      return own;
    }
    throw new IllegalArgumentException("routing of another device");
  }

  /** The instruction set of the kernels: java, avx2, avx512-vnni, .. */
  public String isa() {
    return kernels.isa();
  }

  /** Threads that compute, the driving one included. */
  public int threads() {
    return pool.threads();
  }

  @Override
  public String name() {
    return CpuDeviceProvider.KIND;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Tensor allocate(ElementType type, int rows, int columns) {
    return new CpuTensor(memory, type, rows, columns);
  }

  @Override
  public Weight pack(HostMatrix matrix) {
    return new CpuWeight(memory, pool, kernels, matrix);
  }

  @Override
  public KvCache allocateKv(KvSpec spec) {
    return new CpuKvCache(memory, spec);
  }

  @Override
  public Routing allocateRouting(int capacity, int topK) {
    return new CpuRouting(capacity, topK);
  }

  @Override
  public void upload(Tensor target, float[] source, int count) {
    Require.elements("upload", target, ElementType.F32, count);
    MemorySegment.copy(source, 0, own(target).target(), FLOAT, 0, count);
  }

  @Override
  public void upload(Tensor target, int[] source, int count) {
    Require.elements("upload", target, ElementType.INT32, count);
    MemorySegment.copy(source, 0, own(target).target(), INT, 0, count);
  }

  @Override
  public void download(Tensor source, float[] target, int count) {
    Require.elements("download", source, ElementType.F32, count);
    MemorySegment.copy(own(source).memory(), FLOAT, 0, target, 0, count);
  }

  @Override
  public void embed(Tensor out, Weight table, Tensor ids, int rows) {
    Require.floats("embed out", out, rows, table.columns());
    Require.ids("embed ids", ids, rows);
    MemorySegment source = own(ids).memory();
    for (int r = 0; r < rows; r++) {
      Require.index("embed id", source.getAtIndex(INT, r), table.rows());
    }
    Panels panels = own(table).panels();
    MemorySegment target = own(out).target();
    byRows(rows, (r0, r1) -> kernels.embed(target, out.columns(), source, panels, r0, r1));
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight gain, float eps, int rows) {
    int columns = gain.columns();
    Require.floats("rmsNorm x", x, rows, columns);
    Require.floats("rmsNorm out", out, rows, columns);
    Require.vector(gain, columns);
    MemorySegment from = own(x).memory();
    MemorySegment to = own(out).target();
    MemorySegment g = own(gain).vector();
    byRows(
        rows,
        (r0, r1) -> kernels.rmsNorm(to, out.columns(), from, x.columns(), g, eps, columns, r0, r1));
  }

  @Override
  public void linear(Tensor out, Tensor x, Weight w, int rows) {
    Require.floats("linear x", x, rows, w.columns());
    Require.floats("linear out", out, rows, w.rows());
    products.linear(own(out), own(x), own(w).panels(), rows);
  }

  @Override
  public void linearAdd(Tensor out, Tensor scratch, Tensor x, Weight w, int rows) {
    Require.floats("linearAdd x", x, rows, w.columns());
    Require.floats("linearAdd out", out, rows, w.rows());
    products.linearAdd(own(out), own(x), own(w).panels(), rows);
  }

  @Override
  public void normLinear(
      Tensor[] outs, Tensor scratch, Tensor x, Weight gain, float eps, Weight[] ws, int rows) {
    CpuTensor[] targets = new CpuTensor[ws.length];
    CpuWeight[] weights = new CpuWeight[ws.length];
    Require.vector(gain, ws[0].columns());
    Require.floats("normLinear x", x, rows, gain.columns());
    for (int i = 0; i < ws.length; i++) {
      targets[i] = own(outs[i]);
      weights[i] = own(ws[i]);
      Require.inputs(ws[i], gain.columns());
      Require.floats("normLinear out", outs[i], rows, ws[i].rows());
    }
    if (products.normed(weights)) {
      products.normLinear(targets, own(x), own(gain).vector(), eps, weights, rows);
    } else {
      Device.super.normLinear(outs, scratch, x, gain, eps, ws, rows);
    }
  }

  @Override
  public void normGateUp(
      Tensor out,
      Tensor scratch,
      Tensor normed,
      Tensor x,
      Weight gain,
      float eps,
      Weight gate,
      Weight up,
      int rows) {
    Require.vector(gain, gate.columns());
    Require.floats("normGateUp x", x, rows, gate.columns());
    Require.floats("normGateUp out", out, rows, gate.rows());
    products.requireAlike(own(gate), own(up));
    if (products.quantized(own(gate).panels())) {
      products.normGateUp(own(out), own(x), own(gain).vector(), eps, own(gate), own(up), rows);
    } else {
      Device.super.normGateUp(out, scratch, normed, x, gain, eps, gate, up, rows);
    }
  }

  @Override
  public void gateUp(Tensor out, Tensor scratch, Tensor x, Weight gate, Weight up, int rows) {
    Require.floats("gateUp x", x, rows, gate.columns());
    Require.floats("gateUp out", out, rows, gate.rows());
    products.gateUp(own(out), own(x), own(gate), own(up), rows);
  }

  @Override
  public void ropeAndStore(
      Tensor q, Tensor k, Tensor v, Rope rope, KvCache cache, int layer, AttentionBatch batch) {
    int width = cache.spec().kvHeads() * cache.spec().headDim();
    Require.same("k", k, batch.rows(), width);
    Require.same("v", v, batch.rows(), width);
    attention.ropeAndStore(own(q), own(k), own(v), rope, own(cache), layer, batch);
  }

  @Override
  public void attention(Tensor out, Tensor q, KvCache cache, int layer, AttentionBatch batch) {
    Require.same("attention out", out, batch.rows(), q.columns());
    attention.attention(own(out), own(q), own(cache), layer, batch);
  }

  @Override
  public void ropeAttention(
      Tensor out,
      Tensor q,
      Tensor k,
      Tensor v,
      Rope rope,
      KvCache cache,
      int layer,
      AttentionBatch batch) {
    int width = cache.spec().kvHeads() * cache.spec().headDim();
    Require.same("k", k, batch.rows(), width);
    Require.same("v", v, batch.rows(), width);
    Require.same("attention out", out, batch.rows(), q.columns());
    attention.ropeAttention(own(out), own(q), own(k), own(v), rope, own(cache), layer, batch);
  }

  @Override
  public void route(Routing out, Tensor x, Weight router, Weight bias, float normMin, int rows) {
    Require.floats("route x", x, rows, router.columns());
    Require.routing(out, router.rows(), rows);
    if (bias != null) {
      Require.vector(bias, router.rows());
    }
    MemorySegment added = bias == null ? null : own(bias).vector();
    this.router.route(own(out), own(x), own(router).panels(), added, normMin, rows);
  }

  @Override
  public void experts(Tensor out, Tensor x, Routing routing, ExpertSource source, int rows) {
    Require.floats("experts x", x, rows, x.columns());
    Require.same("experts out", out, rows, x.columns());
    experts.run(own(out), own(x), own(routing), source, rows);
  }

  @Override
  public void add(Tensor x, Tensor y, int rows) {
    Require.floats("add x", x, rows, x.columns());
    Require.same("add y", y, rows, x.columns());
    MemorySegment sum = own(x).target();
    MemorySegment other = own(y).memory();
    long columns = x.columns();
    byRows(rows, (r0, r1) -> kernels.add(sum, other, r0 * columns, r1 * columns));
  }

  @Override
  public void gather(Tensor out, Tensor x, Tensor source, int rows) {
    Require.same("gather out", out, rows, x.columns());
    Require.ids("gather source", source, rows);
    long bytes = 4L * x.columns();
    MemorySegment from = own(x).memory();
    MemorySegment to = own(out).target();
    MemorySegment index = own(source).memory();
    for (int r = 0; r < rows; r++) {
      int row = Require.index("gather row", index.getAtIndex(INT, r), x.rows());
      MemorySegment.copy(from, row * bytes, to, r * bytes, bytes);
    }
  }

  @Override
  public void logits(Tensor out, Tensor x, Weight head, int validIds, int rows) {
    linear(out, x, head, rows);
    MemorySegment values = own(out).target();
    for (int r = 0; r < rows; r++) {
      for (int id = validIds; id < head.rows(); id++) {
        values.setAtIndex(FLOAT, (long) r * out.columns() + id, Float.NEGATIVE_INFINITY);
      }
    }
  }

  @Override
  public void sample(int[] ids, Tensor logits, SamplingRow[] rows, int count) {
    int columns = logits.columns();
    Require.floats("sample logits", logits, count, columns);
    sampling.sample(ids, own(logits).memory(), columns, rows, count);
  }

  @Override
  public void logProbabilities(double[][] out, Tensor logits, int[][] ids, int count) {
    int columns = logits.columns();
    Require.floats("logProbabilities logits", logits, count, columns);
    sampling.logProbabilities(out, own(logits).memory(), columns, ids, count);
  }

  @Override
  public void largest(int[][] ids, Tensor logits, int[] most, int count) {
    int columns = logits.columns();
    Require.floats("largest logits", logits, count, columns);
    sampling.largest(ids, own(logits).memory(), columns, most, count);
  }

  @Override
  public void copyBlock(KvCache cache, int from, int to, int tokens) {
    KvSpec spec = cache.spec();
    Require.index("block", from, spec.blocks());
    Require.index("block", to, spec.blocks());
    Require.index("tokens of a block", tokens, spec.blockSize() + 1);
    kernels.attention().copyBlock(own(cache), from, to, tokens);
  }

  @Override
  public void exportBlocks(
      KvCache cache, int firstLayer, int layers, int[] blocks, MemorySegment target) {
    Require.transfer(cache.spec(), firstLayer, layers, blocks, target);
    new KvTransfer(own(cache), firstLayer, layers).copyOut(blocks, target);
  }

  @Override
  public void importBlocks(
      KvCache cache, int firstLayer, int layers, int[] blocks, MemorySegment source) {
    Require.transfer(cache.spec(), firstLayer, layers, blocks, source);
    new KvTransfer(own(cache), firstLayer, layers).copyIn(blocks, source);
  }

  @Override
  public boolean usesHostMemory() {
    return true;
  }

  @Override
  public void allReduce(Tensor x, int rows, Communicator communicator) {
    Require.floats("allReduce x", x, rows, x.columns());
    int count = Math.multiplyExact(rows, x.columns());
    float[] values = new float[count];
    download(x, values, count);
    communicator.allReduce(values, count);
    upload(x, values, count);
  }

  @Override
  public void synchronize() {}

  @Override
  public long memoryBytes() {
    return memory.bytes();
  }

  @Override
  public void close() {
    pool.close();
    products.close();
    experts.close();
    attention.close();
    router.close();
  }

  @FunctionalInterface
  private interface Rows {
    void run(int r0, int r1);
  }

  /** Cheap row-wise work: a second thread pays only for many rows. */
  private void byRows(int rows, Rows body) {
    int chunk = 32;
    pool.run(
        (rows + chunk - 1) / chunk, (i, _) -> body.run(i * chunk, Math.min(rows, (i + 1) * chunk)));
  }
}
