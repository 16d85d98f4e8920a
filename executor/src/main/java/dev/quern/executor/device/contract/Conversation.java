package dev.quern.executor.device.contract;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Random queries, keys and values of one sequence, run through a device in several ways. */
final class Conversation {
  /** Sizes of the attention layer and the number of tokens. */
  record Shape(int heads, int kvHeads, int headDim, int tokens) {
    int width() {
      return heads * headDim;
    }

    int kvWidth() {
      return kvHeads * headDim;
    }

    /** A cache of two layers with twice the blocks that the tokens need, and some. */
    KvSpec spec(ElementType type, int blockSize) {
      int blocks = 2 * ((tokens + blockSize - 1) / blockSize) + 40;
      return new KvSpec(2, kvHeads, headDim, blocks, blockSize, type);
    }
  }

  static final int LAYER = 1;

  private final Shape shape;
  private final Rope rope;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final boolean fused;

  Conversation(Inputs inputs, Shape shape, Rope.Style style) {
    this.shape = shape;
    rope = new Rope(style, shape.headDim(), 10000);
    q = inputs.floats(shape.tokens() * shape.width());
    k = inputs.floats(shape.tokens() * shape.kvWidth());
    v = inputs.floats(shape.tokens() * shape.kvWidth());
    fused = false;
  }

  private Conversation(Conversation other, boolean fused) {
    shape = other.shape;
    rope = other.rope;
    q = other.q;
    k = other.k;
    v = other.v;
    this.fused = fused;
  }

  /** The same tokens, through the fused operation. */
  Conversation fused() {
    return new Conversation(this, true);
  }

  /** Block b of the sequence is block (7 b + 3) mod blocks: scattered, never in order. */
  private static int[] scattered(KvSpec spec, int tokens) {
    int[] table = new int[(tokens + spec.blockSize() - 1) / spec.blockSize()];
    int step = 7;
    while (gcd(step, spec.blocks()) != 1) {
      step += 2;
    }
    for (int b = 0; b < table.length; b++) {
      table[b] = (int) ((step * (long) b + 3) % spec.blocks());
    }
    return table;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Attention output of every token, [tokens, heads * headDim], computed in chunks. */
  float[] run(Device device, KvSpec spec, int chunk) {
    int[] table = scattered(spec, shape.tokens());
    float[] all = new float[shape.tokens() * shape.width()];
    try (KvCache cache = device.allocateKv(spec)) {
      for (int from = 0; from < shape.tokens(); from += chunk) {
        int to = Math.min(shape.tokens(), from + chunk);
        float[] part = step(device, cache, one(from, to, table), from, to);
        System.arraycopy(part, 0, all, from * shape.width(), part.length);
      }
    }
    return all;
  }

  /**
   * As {@link #run} by single tokens, but each time a block is partly filled it is copied to a
   * fresh one, after garbage was written there, and the copy is used.
   */
  float[] runWithCopies(Device device, KvSpec spec) {
    int[] table = scattered(spec, shape.tokens());
    float[] all = new float[shape.tokens() * shape.width()];
    try (KvCache cache = device.allocateKv(spec)) {
      for (int at = 0; at < shape.tokens(); at++) {
        int inBlock = at % spec.blockSize();
        if (inBlock == 5) {
          int[] fresh = table.clone();
          fresh[at / spec.blockSize()] = freeBlock(spec, table);
          step(device, cache, one(at, at + 1, fresh), 0, 1);
          device.copyBlock(
              cache, table[at / spec.blockSize()], fresh[at / spec.blockSize()], inBlock);
          table = fresh;
        }
        float[] part = step(device, cache, one(at, at + 1, table), at, at + 1);
        System.arraycopy(part, 0, all, at * shape.width(), part.length);
      }
    }
    return all;
  }

  /**
   * As {@link #run} in two chunks: the blocks of the first are exported and imported by another
   * device, into other blocks that hold other tokens, and the second runs there.
   */
  float[] runOverTo(Device first, Device second, KvSpec spec) {
    int half = shape.tokens() / 2;
    int[] from = scattered(spec, half);
    int[] to =
        Arrays.stream(scattered(spec, shape.tokens())).map(b -> spec.blocks() - 1 - b).toArray();
    float[] all = new float[shape.tokens() * shape.width()];
    try (KvCache cache = first.allocateKv(spec);
        KvCache other = second.allocateKv(spec);
        Arena arena = Arena.ofConfined()) {
      MemorySegment exported = arena.allocate(from.length * spec.exportedBlockBytes(spec.layers()));
      if (half > 0) {
        float[] part = step(first, cache, one(0, half, from), 0, half);
        System.arraycopy(part, 0, all, 0, part.length);
        step(second, other, one(0, half, to), shape.tokens() - half, shape.tokens());
      }
      first.exportBlocks(cache, 0, spec.layers(), from, exported);
      second.importBlocks(other, 0, spec.layers(), Arrays.copyOf(to, from.length), exported);
      exported.fill((byte) 0x55);
      float[] part = step(second, other, one(half, shape.tokens(), to), half, shape.tokens());
      System.arraycopy(part, 0, all, half * shape.width(), part.length);
    }
    return all;
  }

  /** A cache that holds this conversation's keys and values in its scattered blocks. */
  KvCache filled(Device device, KvSpec spec) {
    KvCache cache = device.allocateKv(spec);
    step(device, cache, one(0, shape.tokens(), blocks(spec)), 0, shape.tokens());
    return cache;
  }

  /** The blocks of {@link #filled} in the order of their tokens. */
  int[] blocks(KvSpec spec) {
    return scattered(spec, shape.tokens());
  }

  private static int freeBlock(KvSpec spec, int[] table) {
    int block = spec.blocks() - 1;
    while (contains(table, block)) {
      block--;
    }
    return block;
  }

  private static boolean contains(int[] table, int block) {
    return Arrays.stream(table).anyMatch(b -> b == block);
  }

  /**
   * All but the last token as a common prefix, then {@code count} sequences that continue it with
   * the last token, each in its own block: their outputs, [count, heads * headDim].
   *
   * @param together as one batch
   * @param said whether the batch says what is shared
   */
  float[] branches(Device device, KvSpec spec, int count, boolean together, boolean said) {
    int last = shape.tokens() - 1;
    int full = last / spec.blockSize();
    int[] base = scattered(spec, shape.tokens());
    float[] all = new float[count * shape.width()];
    try (KvCache cache = device.allocateKv(spec)) {
      step(device, cache, one(0, last, base), 0, last);
      int[][] tables = new int[count][];
      int[] firstRow = new int[count + 1];
      int[] positions = new int[count];
      int[] shared = new int[count];
      for (int s = 0; s < count; s++) {
        tables[s] = base.clone();
        if (s > 0) {
          tables[s][full] = freeBlock(spec, concat(tables, s));
          device.copyBlock(cache, base[full], tables[s][full], last % spec.blockSize());
        }
        firstRow[s + 1] = s + 1;
        positions[s] = last;
        shared[s] = s > 0 && said ? full : 0;
      }
      if (together) {
        var batch = new AttentionBatch(count, firstRow, positions, tables, shared);
        return step(device, cache, batch, last, last + 1);
      }
      for (int s = 0; s < count; s++) {
        float[] part = step(device, cache, one(last, last + 1, tables[s]), last, last + 1);
        System.arraycopy(part, 0, all, s * shape.width(), shape.width());
      }
    }
    return all;
  }

  /**
   * The last token of each of these prefixes of the sequence, over the blocks that it shares with
   * its neighbours: [lengths, heads * headDim]. No token is stored anew that another row reads: the
   * same numbers go to the same place.
   *
   * @param together as one batch that says what is shared, or one by one
   */
  float[] prefixes(Device device, KvSpec spec, int[] lengths, boolean together) {
    int[] table = scattered(spec, shape.tokens());
    float[] all = new float[lengths.length * shape.width()];
    try (KvCache cache = device.allocateKv(spec)) {
      step(device, cache, one(0, shape.tokens(), table), 0, shape.tokens());
      int n = together ? lengths.length : 1;
      for (int first = 0; first < lengths.length; first += n) {
        int[] rows = new int[n];
        int[] firstRow = new int[n + 1];
        int[] shared = new int[n];
        int[][] tables = new int[n][];
        for (int s = 0; s < n; s++) {
          rows[s] = lengths[first + s] - 1;
          firstRow[s + 1] = s + 1;
          tables[s] = table;
          shared[s] = s == 0 ? 0 : Math.min(rows[s - 1], rows[s]) / spec.blockSize();
        }
        var batch = new AttentionBatch(n, firstRow, rows, tables, shared);
        float[] part = step(device, cache, batch, rows);
        System.arraycopy(part, 0, all, first * shape.width(), part.length);
      }
    }
    return all;
  }

  private static int[] concat(int[][] tables, int count) {
    return Arrays.stream(tables, 0, count + 1).flatMapToInt(Arrays::stream).toArray();
  }

  private static AttentionBatch one(int from, int to, int[] table) {
    return new AttentionBatch(
        1, new int[] {0, to - from}, new int[] {from}, new int[][] {table}, new int[] {0});
  }

  /** Rows of the batch take tokens from..to of this conversation, repeated for each sequence. */
  private float[] step(Device device, KvCache cache, AttentionBatch batch, int from, int to) {
    int[] tokens = new int[batch.rows()];
    for (int r = 0; r < tokens.length; r++) {
      tokens[r] = from + r % (to - from);
    }
    return step(device, cache, batch, tokens);
  }

  /** Row r of the batch takes token tokens[r] of this conversation. */
  private float[] step(Device device, KvCache cache, AttentionBatch batch, int[] tokens) {
    int rows = batch.rows();
    int kv = shape.kvWidth();
    try (Guarded tq = Guarded.plain(device, pick(q, shape.width(), tokens), rows, shape.width());
        Guarded tk = Guarded.plain(device, pick(k, kv, tokens), rows, kv);
        Guarded tv = Guarded.plain(device, pick(v, kv, tokens), rows, kv);
        Guarded out = Guarded.rows(device, rows, shape.width())) {
      if (fused) {
        device.ropeAttention(
            out.tensor(), tq.tensor(), tk.tensor(), tv.tensor(), rope, cache, LAYER, batch);
      } else {
        device.ropeAndStore(tq.tensor(), tk.tensor(), tv.tensor(), rope, cache, LAYER, batch);
        device.attention(out.tensor(), tq.tensor(), cache, LAYER, batch);
      }
      tk.values(); // guard words
      return out.values();
    }
  }

  private static float[] pick(float[] values, int width, int[] tokens) {
    float[] result = new float[tokens.length * width];
    for (int r = 0; r < tokens.length; r++) {
      System.arraycopy(values, tokens[r] * width, result, r * width, width);
    }
    return result;
  }
}
