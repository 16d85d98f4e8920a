package dev.quern.executor.device;

import java.lang.foreign.MemorySegment;

/**
 * A place where a model runs. Operations are coarse, asynchronous where the device is, and in
 * order; shapes are checked and named in errors. {@code rows} is the number of leading rows that
 * count; tensors may have more rows, and the operands of products and norms more columns than the
 * weight asks for: the leading ones count, the rest stays untouched. The result for a row does not
 * depend on the other rows of a call (one reduction order for one row and for many).
 *
 * <p>The plain Java reference device is the specification; every other device passes the contract
 * suite against it.
 */
public interface Device extends AutoCloseable {
  /** As given to {@code --device}: cpu, reference, cuda:0. */
  String name();

  /** One line for people: processor, instruction set, threads or memory. */
  String description();

  // ---- memory ----

  /** A zeroed tensor; type F32 or INT32. */
  Tensor allocate(ElementType type, int rows, int columns);

  /**
   * Packs a matrix in the layout that this device's products want; the source is not needed after.
   */
  Weight pack(HostMatrix matrix);

  KvCache allocateKv(KvSpec spec);

  Routing allocateRouting(int capacity, int topK);

  /** Copies {@code count} values from {@code source} into the leading elements of an F32 tensor. */
  void upload(Tensor target, float[] source, int count);

  /**
   * Copies {@code count} values from {@code source} into the leading elements of an INT32 tensor.
   */
  void upload(Tensor target, int[] source, int count);

  /** Waits, and copies the leading {@code count} values of an F32 tensor. */
  void download(Tensor source, float[] target, int count);

  // ---- operations ----

  /** out[i] = row ids[i] of the table, dequantized. ids: INT32 [rows]. */
  void embed(Tensor out, Weight table, Tensor ids, int rows);

  /** out = x * gain / sqrt(mean(x^2) + eps), statistics in float32. gain is a weight of one row. */
  void rmsNorm(Tensor out, Tensor x, Weight gain, float eps, int rows);

  /** out[rows, w.rows] = x[rows, w.columns] . w^T. */
  void linear(Tensor out, Tensor x, Weight w, int rows);

  /** out += x . w^T; {@code scratch} has the shape of out. Devices fuse it. */
  default void linearAdd(Tensor out, Tensor scratch, Tensor x, Weight w, int rows) {
    linear(scratch, x, w, rows);
    add(out, scratch, rows);
  }

  /**
   * outs[i] = linear(rmsNorm(x), ws[i]) for weights of the same inputs. {@code scratch} has x's
   * columns; what it holds afterwards is not said. Devices fuse it.
   */
  default void normLinear(
      Tensor[] outs, Tensor scratch, Tensor x, Weight gain, float eps, Weight[] ws, int rows) {
    rmsNorm(scratch, x, gain, eps, rows);
    for (int i = 0; i < ws.length; i++) {
      linear(outs[i], scratch, ws[i], rows);
    }
  }

  /** out = silu(x . gate^T) * (x . up^T); {@code scratch} has the shape of out. Devices fuse it. */
  void gateUp(Tensor out, Tensor scratch, Tensor x, Weight gate, Weight up, int rows);

  /**
   * gateUp(rmsNorm(x)); {@code normed} has x's columns, what it holds afterwards is not said.
   * Devices fuse it.
   */
  default void normGateUp(
      Tensor out,
      Tensor scratch,
      Tensor normed,
      Tensor x,
      Weight gain,
      float eps,
      Weight gate,
      Weight up,
      int rows) {
    rmsNorm(normed, x, gain, eps, rows);
    gateUp(out, scratch, normed, gate, up, rows);
  }

  /**
   * Rotates q and k in place by each row's position and stores k and v in the cache. q [rows, heads
   * * headDim], k and v [rows, kvHeads * headDim]. Positions and blocks come from the batch.
   */
  void ropeAndStore(
      Tensor q, Tensor k, Tensor v, Rope rope, KvCache cache, int layer, AttentionBatch batch);

  /**
   * Causal grouped-query attention over the paged cache: softmax(q . K^T / sqrt(headDim)) . V in
   * float32, reduced in fixed tiles of keys that are merged in tile order, so that the bits do not
   * depend on chunking, block size or who shares a prefix. out and q: [rows, heads * headDim].
   */
  void attention(Tensor out, Tensor q, KvCache cache, int layer, AttentionBatch batch);

  /** {@link #ropeAndStore}, then {@link #attention}. Devices fuse it. */
  default void ropeAttention(
      Tensor out,
      Tensor q,
      Tensor k,
      Tensor v,
      Rope rope,
      KvCache cache,
      int layer,
      AttentionBatch batch) {
    ropeAndStore(q, k, v, rope, cache, layer, batch);
    attention(out, q, cache, layer, batch);
  }

  /**
   * p = softmax(x . router^T) over all experts, in float32; chosen: the topK of p + bias, ties to
   * the lower id; weights: p / max(sum of the chosen p, normMin).
   *
   * @param bias a weight of one row, or null for none; it selects only
   */
  void route(Routing out, Tensor x, Weight router, Weight bias, float normMin, int rows);

  /**
   * out = sum over the chosen experts, in ascending id, of weight * down(silu(gate x) * up x). x
   * and out: [rows, hidden].
   */
  void experts(Tensor out, Tensor x, Routing routing, ExpertSource experts, int rows);

  /** x += y, elementwise over the leading rows. */
  void add(Tensor x, Tensor y, int rows);

  /**
   * out[i] = row source[i] of x: gathers the rows whose logits are wanted. source: INT32 [rows].
   */
  void gather(Tensor out, Tensor x, Tensor source, int rows);

  /** logits = x . head^T; columns from {@code validIds} on are set to minus infinity. */
  void logits(Tensor out, Tensor x, Weight head, int validIds, int rows);

  /** ids[i] = the sampled token of logits row i; the logits stay. ids: INT32 [rows]. */
  void sample(int[] ids, Tensor logits, SamplingRow[] rows, int count);

  /**
   * out[i][k] = log p of token ids[i][k] under logits row i: its logit less the logarithm of the
   * summed exponentials of the row, added up in double; bound: 1e-5. Rows whose ids are null are
   * left out.
   *
   * @throws DeviceException when a logit is NaN or positive infinity
   */
  void logProbabilities(double[][] out, Tensor logits, int[][] ids, int count);

  /**
   * ids[i] = the ids of the {@code most[i]} largest logits of row i, best first, ties to the lower
   * id, those of minus infinity left out: fewer ids where fewer are finite. Rows with 0 are left
   * out. Meant for a few tens of ids.
   *
   * @throws DeviceException when a logit is NaN or positive infinity
   */
  void largest(int[][] ids, Tensor logits, int[] most, int count);

  /** Copies the first {@code tokens} tokens of a block, all layers (copy on write). */
  void copyBlock(KvCache cache, int from, int to, int tokens);

  /**
   * Waits, and copies whole blocks, of layers {@code firstLayer} up to {@code firstLayer + layers},
   * into host memory, in a form that is the same on every device: {@code [block][layer][keys,
   * values][KV head]} planes without gaps. A plane holds the numbers as they are stored, little
   * endian, keys as {@code [headDim][slot]}, values as {@code [slot][headDim]}; of INT8 without
   * static scales, from the next multiple of four bytes on, a float32 scale for each slot. What
   * stands in slots that were never stored is not said.
   *
   * @param blocks ids, in the order in which they stand in the target
   * @param target at least {@link KvSpec#exportedBlockBytes} for each block
   */
  void exportBlocks(KvCache cache, int firstLayer, int layers, int[] blocks, MemorySegment target);

  /**
   * The reverse of {@link #exportBlocks}, from any device of the same shape, type and scales:
   * afterwards the blocks hold the same bits. The source may change when the call is back.
   */
  void importBlocks(KvCache cache, int firstLayer, int layers, int[] blocks, MemorySegment source);

  /** Whether caches lie in the host's own memory, so that a copy there makes no room. */
  boolean usesHostMemory();

  /** x = sum of x over the ranks. */
  void allReduce(Tensor x, int rows, Communicator communicator);

  /** Waits for everything that was asked for. */
  void synchronize();

  /** Device memory taken now by weights, caches and tensors, in bytes. */
  long memoryBytes();

  @Override
  void close();
}
