package dev.quern.executor.device.cpu;

import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.host.FastExp;
import dev.quern.executor.device.host.KeyTiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rotary embedding, KV store and tiled attention in plain Java. */
final class JavaAttention implements AttentionKernels {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final PanelMath math;

  JavaAttention(PanelMath math) {
    this.math = math;
  }

  @Override
  public void ropeAndStore(
      MemorySegment q,
      int ldq,
      MemorySegment k,
      MemorySegment v,
      CpuKvCache cache,
      int layer,
      boolean halfSplit,
      StepRows step,
      int h0,
      int h1,
      int r0,
      int r1) {
    int dim = cache.spec().headDim();
    int ldk = cache.spec().kvHeads() * dim;
    int group = ldq / ldk;
    KvPlane keys = new KvPlane(cache, true);
    KvPlane values = new KvPlane(cache, false);
    float[] vector = new float[dim];
    for (int r = r0; r < r1; r++) {
      int block = step.block.getAtIndex(INT, r);
      int slot = step.slot.getAtIndex(INT, r);
      for (int h = h0; h < h1; h++) {
        for (int i = 0; i < group; i++) {
          rotate(q, (long) r * ldq + (long) (h * group + i) * dim, dim, halfSplit, step, r);
        }
        long from = (long) r * ldk + (long) h * dim;
        rotate(k, from, dim, halfSplit, step, r);
        MemorySegment.copy(k, FLOAT, 4 * from, vector, 0, dim);
        keys.at(block, layer, h).put(slot, vector);
        MemorySegment.copy(v, FLOAT, 4 * from, vector, 0, dim);
        values.at(block, layer, h).put(slot, vector);
      }
    }
  }

  private static void rotate(
      MemorySegment x, long head, int dim, boolean halfSplit, StepRows step, int row) {
    int pairs = dim / 2;
    int apart = halfSplit ? pairs : 1;
    for (int j = 0; j < pairs; j++) {
      long a = head + (halfSplit ? j : 2 * j);
      float cos = step.cos.getAtIndex(FLOAT, (long) row * pairs + j);
      float sin = step.sin.getAtIndex(FLOAT, (long) row * pairs + j);
      float xa = x.getAtIndex(FLOAT, a);
      float xb = x.getAtIndex(FLOAT, a + apart);
      x.setAtIndex(FLOAT, a, xa * cos - xb * sin);
      x.setAtIndex(FLOAT, a + apart, xb * cos + xa * sin);
    }
  }

  @Override
  public void copyBlock(CpuKvCache cache, int from, int to, int tokens) {
    for (boolean side : new boolean[] {true, false}) {
      KvPlane source = new KvPlane(cache, side);
      KvPlane target = new KvPlane(cache, side);
      for (int layer = 0; layer < cache.spec().layers(); layer++) {
        for (int h = 0; h < cache.spec().kvHeads(); h++) {
          for (int slot = 0; slot < tokens; slot++) {
            target.at(to, layer, h).copyToken(source.at(from, layer, h), slot);
          }
        }
      }
    }
  }

  @Override
  public long scratchBytes(int queries, int headDim) {
    return 0; // on the heap
  }

  @Override
  public int segmentTokens() {
    return Integer.MAX_VALUE;
  }

  @Override
  public long partialBytes(int headDim) {
    return 0;
  }

  @Override
  public void attendSegment(
      MemorySegment q,
      int ldq,
      CpuKvCache cache,
      int layer,
      int head,
      StepRows step,
      int r0,
      int r1,
      int segment,
      MemorySegment partial,
      long offset,
      MemorySegment scratch) {
    throw new IllegalStateException("the Java kernels do not split keys");
  }

  @Override
  public void merge(
      MemorySegment out,
      int ldq,
      CpuKvCache cache,
      int head,
      int r0,
      int r1,
      int segments,
      MemorySegment partial,
      long offset) {
    throw new IllegalStateException("the Java kernels do not split keys");
  }

  @Override
  public void attend(
      MemorySegment out,
      MemorySegment q,
      int ldq,
      CpuKvCache cache,
      int layer,
      int head,
      StepRows step,
      int r0,
      int r1,
      MemorySegment scratch) {
    int last;
    for (int r = r0; r < r1; r = last) {
      int sequence = step.sequence.getAtIndex(INT, r);
      last = r + 1;
      while (last < r1 && step.sequence.getAtIndex(INT, last) == sequence) {
        last++;
      }
      Tile tile = new Tile(cache, layer, head, step, sequence);
      attendSequence(out, q, ldq, tile, step, r, last);
    }
  }

  /** One sequence's keys and values of a head, a tile at a time. */
  private static final class Tile {
    private final KvPlane keyPlane;
    private final KvPlane valuePlane;
    private final KvSpec spec;
    private final int layer;
    private final int head;
    private final MemorySegment table;
    private final int tableStart;
    private final float[] keys; // [headDim][32]
    private final float[] values; // [32][headDim]

    Tile(CpuKvCache cache, int layer, int head, StepRows step, int sequence) {
      keyPlane = new KvPlane(cache, true);
      valuePlane = new KvPlane(cache, false);
      spec = cache.spec();
      this.layer = layer;
      this.head = head;
      table = step.table;
      tableStart = step.tableStart.getAtIndex(INT, sequence);
      keys = new float[spec.headDim() * KeyTiles.KEYS];
      values = new float[spec.headDim() * KeyTiles.KEYS];
    }

    void load(int start, int count) {
      for (int t = 0; t < count; t++) {
        int token = start + t;
        int block = table.getAtIndex(INT, tableStart + token / spec.blockSize());
        int slot = token % spec.blockSize();
        keyPlane.at(block, layer, head);
        valuePlane.at(block, layer, head);
        for (int d = 0; d < spec.headDim(); d++) {
          keys[d * KeyTiles.KEYS + t] = keyPlane.get(slot, d);
          values[t * spec.headDim() + d] = valuePlane.get(slot, d);
        }
      }
    }
  }

  /** Running state of one query: what the tiles so far have given. */
  private static final class Query {
    private final float[] vector;
    private final float[] sum;
    private float top = Float.NEGATIVE_INFINITY;
    private float total;

    Query(int dim) {
      vector = new float[dim];
      sum = new float[dim];
    }
  }

  private void attendSequence(
      MemorySegment out, MemorySegment q, int ldq, Tile tile, StepRows step, int r0, int r1) {
    int dim = tile.spec.headDim();
    int group = ldq / (tile.spec.kvHeads() * dim);
    Query[] queries = new Query[(r1 - r0) * group];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = new Query(dim);
      MemorySegment.copy(q, FLOAT, 4 * at(tile, ldq, group, r0, i), queries[i].vector, 0, dim);
    }
    int tokens = step.position.getAtIndex(INT, r1 - 1) + 1;
    for (int start = 0; start < tokens; start += KeyTiles.KEYS) {
      tile.load(start, Math.min(KeyTiles.KEYS, tokens - start));
      for (int i = 0; i < queries.length; i++) {
        int visible = step.position.getAtIndex(INT, r0 + i / group) + 1 - start;
        if (visible > 0) {
          merge(queries[i], tile, Math.min(KeyTiles.KEYS, visible));
        }
      }
    }
    for (int i = 0; i < queries.length; i++) {
      Query query = queries[i];
      for (int d = 0; d < dim; d++) {
        query.sum[d] /= query.total;
      }
      MemorySegment.copy(query.sum, 0, out, FLOAT, 4 * at(tile, ldq, group, r0, i), dim);
    }
  }

  /** First element of query i: row r0 + i / group, head i % group of the KV head's group. */
  private static long at(Tile tile, int ldq, int group, int r0, int i) {
    return (long) (r0 + i / group) * ldq
        + (long) (tile.head * group + i % group) * tile.spec.headDim();
  }

  private void merge(Query query, Tile tile, int count) {
    int dim = tile.spec.headDim();
    float scale = (float) (1 / Math.sqrt(dim));
    float[] scores = new float[KeyTiles.KEYS];
    math.multiply(scores, tile.keys, 0, dim, query.vector, 0);
    float top = query.top;
    for (int t = 0; t < count; t++) {
      scores[t] *= scale;
      top = Math.max(top, scores[t]);
    }
    float keep = FastExp.exp(query.top - top);
    for (int d = 0; d < dim; d++) {
      query.sum[d] *= keep;
    }
    query.total *= keep;
    for (int t = 0; t < count; t++) {
      float weight = FastExp.exp(scores[t] - top);
      query.total += weight;
      int from = t * dim;
      for (int d = 0; d < dim; d++) {
        query.sum[d] = Math.fma(weight, tile.values[from + d], query.sum[d]);
      }
    }
    query.top = top;
  }
}
