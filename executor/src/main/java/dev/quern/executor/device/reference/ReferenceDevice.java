package dev.quern.executor.device.reference;

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
import dev.quern.executor.device.host.ExpertChoice;
import dev.quern.executor.device.host.LargestLogits;
import dev.quern.executor.device.host.LogProbabilities;
import dev.quern.executor.device.host.Require;
import dev.quern.executor.device.host.Sampler;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The specification of {@link Device} on the Java heap; one thread, no tricks. */
public final class ReferenceDevice implements Device {
  static final String DESCRIPTION = "plain Java float32 reference, one thread";

  private final ReferenceProducts products;
  private final Footprint footprint = new Footprint();
  private Sampler sampler;

  public ReferenceDevice(DeviceOptions options) {
    products = new ReferenceProducts(options.activations());
  }

  static ReferenceTensor own(Tensor tensor) {
    if (tensor instanceof ReferenceTensor own) {
      return own;
    }
    throw new IllegalArgumentException("tensor of another device: " + tensor.getClass().getName());
  }

  static ReferenceWeight own(Weight weight) {
    if (weight instanceof ReferenceWeight own) {
      return own;
    }
    throw new IllegalArgumentException(weight.name() + ": weight of another device");
  }

  private static ReferenceKvCache own(KvCache cache) {
    if (cache instanceof ReferenceKvCache own) {
      return own;
    }
    throw new IllegalArgumentException("KV cache of another device: " + cache.spec());
  }

  private static ReferenceRouting own(Routing routing) {
    if (routing instanceof ReferenceRouting own) {
      return own;
    }
    throw new IllegalArgumentException("routing of another device");
  }

  @Override
  public String name() {
    return ReferenceDeviceProvider.KIND;
  }

  @Override
  public String description() {
    return DESCRIPTION;
  }

  @Override
  public Tensor allocate(ElementType type, int rows, int columns) {
    return new ReferenceTensor(type, rows, columns, footprint);
  }

  @Override
  public Weight pack(HostMatrix matrix) {
    return new ReferenceWeight(matrix, footprint);
  }

  @Override
  public KvCache allocateKv(KvSpec spec) {
    return new ReferenceKvCache(spec, footprint);
  }

  @Override
  public Routing allocateRouting(int capacity, int topK) {
    return new ReferenceRouting(capacity, topK);
  }

  @Override
  public void upload(Tensor target, float[] source, int count) {
    Require.elements("upload", target, ElementType.F32, count);
    System.arraycopy(source, 0, own(target).floats(), 0, count);
  }

  @Override
  public void upload(Tensor target, int[] source, int count) {
    Require.elements("upload", target, ElementType.INT32, count);
    System.arraycopy(source, 0, own(target).ints(), 0, count);
  }

  @Override
  public void download(Tensor source, float[] target, int count) {
    Require.elements("download", source, ElementType.F32, count);
    System.arraycopy(own(source).floats(), 0, target, 0, count);
  }

  @Override
  public void embed(Tensor out, Weight table, Tensor ids, int rows) {
    Require.floats("embed out", out, rows, table.columns());
    Require.ids("embed ids", ids, rows);
    float[] row = new float[table.columns()];
    for (int r = 0; r < rows; r++) {
      own(table).read(Require.index("embed id", own(ids).ints()[r], table.rows()), row);
      System.arraycopy(row, 0, own(out).floats(), r * out.columns(), row.length);
    }
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight gain, float eps, int rows) {
    int columns = gain.columns();
    Require.floats("rmsNorm x", x, rows, columns);
    Require.floats("rmsNorm out", out, rows, columns);
    Require.vector(gain, columns);
    float[] g = new float[columns];
    own(gain).read(0, g);
    float[] in = own(x).floats();
    float[] result = own(out).floats();
    for (int r = 0; r < rows; r++) {
      int from = r * x.columns();
      int to = r * out.columns();
      float squares = 0;
      for (int c = 0; c < columns; c++) {
        squares += in[from + c] * in[from + c];
      }
      float scale = (float) (1 / Math.sqrt(squares / columns + eps));
      for (int c = 0; c < columns; c++) {
        result[to + c] = in[from + c] * scale * g[c];
      }
    }
  }

  @Override
  public void linear(Tensor out, Tensor x, Weight w, int rows) {
    Require.floats("linear x", x, rows, w.columns());
    Require.floats("linear out", out, rows, w.rows());
    products.linear(own(out).floats(), out.columns(), own(x).floats(), x.columns(), own(w), rows);
  }

  @Override
  public void gateUp(Tensor out, Tensor scratch, Tensor x, Weight gate, Weight up, int rows) {
    Require.floats("gateUp x", x, rows, gate.columns());
    Require.floats("gateUp out", out, rows, gate.rows());
    Require.same(gate, up);
    products.gateUp(
        own(out).floats(), out.columns(), own(x).floats(), x.columns(), own(gate), own(up), rows);
  }

  @Override
  public void ropeAndStore(
      Tensor q, Tensor k, Tensor v, Rope rope, KvCache cache, int layer, AttentionBatch batch) {
    Require.attention(q, cache.spec(), layer, batch);
    int width = cache.spec().kvHeads() * cache.spec().headDim();
    Require.same("k", k, batch.rows(), width);
    Require.same("v", v, batch.rows(), width);
    ReferenceAttention.ropeAndStore(
        own(q).floats(),
        own(k).floats(),
        own(v).floats(),
        q.columns() / cache.spec().headDim(),
        rope,
        own(cache),
        layer,
        batch);
  }

  @Override
  public void attention(Tensor out, Tensor q, KvCache cache, int layer, AttentionBatch batch) {
    Require.attention(q, cache.spec(), layer, batch);
    Require.same("attention out", out, batch.rows(), q.columns());
    int heads = q.columns() / cache.spec().headDim();
    ReferenceAttention.attend(own(out).floats(), own(q).floats(), heads, own(cache), layer, batch);
  }

  @Override
  public void route(Routing out, Tensor x, Weight router, Weight bias, float normMin, int rows) {
    Require.floats("route x", x, rows, router.columns());
    Require.routing(out, router.rows(), rows);
    int count = router.rows();
    float[] added = null;
    if (bias != null) {
      Require.vector(bias, count);
      added = new float[count];
      own(bias).read(0, added);
    }
    float[] scores = new float[rows * count];
    products.linear(scores, count, own(x).floats(), x.columns(), own(router), rows);
    ExpertChoice choice = new ExpertChoice(count);
    ReferenceRouting routing = own(out);
    for (int r = 0; r < rows; r++) {
      int at = r * out.topK();
      choice.choose(
          scores, r * count, added, out.topK(), normMin, routing.chosen, routing.weights, at);
    }
  }

  @Override
  public void experts(Tensor out, Tensor x, Routing routing, ExpertSource experts, int rows) {
    Require.floats("experts x", x, rows, x.columns());
    Require.same("experts out", out, rows, x.columns());
    products.experts(own(out).floats(), own(x).floats(), own(routing), experts, rows, x.columns());
  }

  @Override
  public void add(Tensor x, Tensor y, int rows) {
    Require.floats("add x", x, rows, x.columns());
    Require.same("add y", y, rows, x.columns());
    float[] sum = own(x).floats();
    float[] other = own(y).floats();
    for (int i = 0; i < rows * x.columns(); i++) {
      sum[i] += other[i];
    }
  }

  @Override
  public void gather(Tensor out, Tensor x, Tensor source, int rows) {
    Require.same("gather out", out, rows, x.columns());
    Require.ids("gather source", source, rows);
    int columns = x.columns();
    for (int r = 0; r < rows; r++) {
      int from = Require.index("gather row", own(source).ints()[r], x.rows());
      System.arraycopy(own(x).floats(), from * columns, own(out).floats(), r * columns, columns);
    }
  }

  @Override
  public void logits(Tensor out, Tensor x, Weight head, int validIds, int rows) {
    linear(out, x, head, rows);
    float[] values = own(out).floats();
    for (int r = 0; r < rows; r++) {
      java.util.Arrays.fill(
          values,
          r * out.columns() + Math.min(validIds, head.rows()),
          r * out.columns() + head.rows(),
          Float.NEGATIVE_INFINITY);
    }
  }

  @Override
  public void sample(int[] ids, Tensor logits, SamplingRow[] rows, int count) {
    Require.floats("sample logits", logits, count, logits.columns());
    if (sampler == null || sampler.vocabulary() != logits.columns()) {
      sampler = new Sampler(logits.columns());
    }
    int columns = logits.columns();
    for (int i = 0; i < count; i++) {
      System.arraycopy(own(logits).floats(), i * columns, sampler.logits(), 0, columns);
      ids[i] = sampler.next(rows[i]);
    }
  }

  @Override
  public void logProbabilities(double[][] out, Tensor logits, int[][] ids, int count) {
    int columns = logits.columns();
    Require.floats("logProbabilities logits", logits, count, columns);
    for (int i = 0; i < count; i++) {
      if (ids[i] != null) {
        float[] row = Arrays.copyOfRange(own(logits).floats(), i * columns, (i + 1) * columns);
        LogProbabilities.of(out[i], row, ids[i], Math::exp);
      }
    }
  }

  @Override
  public void largest(int[][] ids, Tensor logits, int[] most, int count) {
    int columns = logits.columns();
    Require.floats("largest logits", logits, count, columns);
    for (int i = 0; i < count; i++) {
      if (most[i] > 0) {
        float[] row = Arrays.copyOfRange(own(logits).floats(), i * columns, (i + 1) * columns);
        ids[i] = LargestLogits.of(row, most[i]);
      }
    }
  }

  @Override
  public void copyBlock(KvCache cache, int from, int to, int tokens) {
    own(cache).copy(from, to, tokens);
  }

  @Override
  public void exportBlocks(
      KvCache cache, int firstLayer, int layers, int[] blocks, MemorySegment target) {
    Require.transfer(cache.spec(), firstLayer, layers, blocks, target);
    new ReferenceKvTransfer(own(cache), firstLayer, layers).copyOut(blocks, target);
  }

  @Override
  public void importBlocks(
      KvCache cache, int firstLayer, int layers, int[] blocks, MemorySegment source) {
    Require.transfer(cache.spec(), firstLayer, layers, blocks, source);
    new ReferenceKvTransfer(own(cache), firstLayer, layers).copyIn(blocks, source);
  }

  @Override
  public boolean usesHostMemory() {
    return true;
  }

  @Override
  public void allReduce(Tensor x, int rows, Communicator communicator) {
    Require.floats("allReduce x", x, rows, x.columns());
    communicator.allReduce(own(x).floats(), rows * x.columns());
  }

  @Override
  public void synchronize() {}

  @Override
  public long memoryBytes() {
    return footprint.bytes();
  }

  @Override
  public void close() {}
}
