package dev.quern.executor.device.reference;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.host.KeyTiles;
import dev.quern.executor.device.host.RotaryAngles;

/** Rotary embedding, KV store, and attention in fixed key tiles. */
final class ReferenceAttention {
  private ReferenceAttention() {}

  /** Rotates every head of one row in place. */
  static void rotate(float[] x, int from, int heads, Rope rope, float[] cos, float[] sin) {
    int pairs = rope.headDim() / 2;
    for (int h = 0; h < heads; h++) {
      int head = from + h * rope.headDim();
      for (int j = 0; j < pairs; j++) {
        int a =
            switch (rope.style()) {
              case INTERLEAVED -> head + 2 * j;
              case HALF_SPLIT -> head + j;
            };
        int b =
            switch (rope.style()) {
              case INTERLEAVED -> a + 1;
              case HALF_SPLIT -> a + pairs;
            };
        float xa = x[a];
        float xb = x[b];
        x[a] = xa * cos[j] - xb * sin[j];
        x[b] = xb * cos[j] + xa * sin[j];
      }
    }
  }

  static void ropeAndStore(
      float[] q,
      float[] k,
      float[] v,
      int heads,
      Rope rope,
      ReferenceKvCache cache,
      int layer,
      AttentionBatch batch) {
    KvSpec spec = cache.spec();
    RotaryAngles angles = new RotaryAngles(rope);
    float[] cos = new float[angles.pairs()];
    float[] sin = new float[angles.pairs()];
    int dim = spec.headDim();
    for (int s = 0; s < batch.sequences(); s++) {
      for (int row = batch.firstRow()[s]; row < batch.firstRow()[s + 1]; row++) {
        int position = batch.firstPosition()[s] + row - batch.firstRow()[s];
        angles.fill(position, cos, sin, 0);
        rotate(q, row * heads * dim, heads, rope, cos, sin);
        rotate(k, row * spec.kvHeads() * dim, spec.kvHeads(), rope, cos, sin);
        int block = batch.blockTable()[s][position / spec.blockSize()];
        for (int h = 0; h < spec.kvHeads(); h++) {
          int from = (row * spec.kvHeads() + h) * dim;
          cache.storeKey(block, layer, position % spec.blockSize(), h, k, from);
          cache.storeValue(block, layer, position % spec.blockSize(), h, v, from);
        }
      }
    }
  }

  static void attend(
      float[] out, float[] q, int heads, ReferenceKvCache cache, int layer, AttentionBatch batch) {
    int dim = cache.spec().headDim();
    int headsPerKv = heads / cache.spec().kvHeads();
    for (int s = 0; s < batch.sequences(); s++) {
      for (int row = batch.firstRow()[s]; row < batch.firstRow()[s + 1]; row++) {
        int position = batch.firstPosition()[s] + row - batch.firstRow()[s];
        for (int h = 0; h < heads; h++) {
          int at = (row * heads + h) * dim;
          Keys keys = new Keys(cache, layer, h / headsPerKv, batch.blockTable()[s]);
          attendOne(out, q, at, dim, position + 1, keys);
        }
      }
    }
  }

  /** Where the keys and values of one head and sequence stand. */
  private record Keys(ReferenceKvCache cache, int layer, int kvHead, int[] blocks) {
    int block(int token) {
      return blocks[token / cache.spec().blockSize()];
    }

    int at(int token) {
      return cache.at(layer, token % cache.spec().blockSize(), kvHead);
    }
  }

  /** Online softmax over tiles: each tile's maximum first, then its exponentials, then a merge. */
  private static void attendOne(float[] out, float[] q, int at, int dim, int tokens, Keys keys) {
    float scale = (float) (1 / Math.sqrt(dim));
    float[] scores = new float[KeyTiles.KEYS];
    float[] sum = new float[dim];
    float max = Float.NEGATIVE_INFINITY;
    float total = 0;
    for (int start = 0; start < tokens; start += KeyTiles.KEYS) {
      int count = Math.min(KeyTiles.KEYS, tokens - start);
      float newMax = max;
      for (int t = 0; t < count; t++) {
        float[] block = keys.cache().keys(keys.block(start + t));
        int from = keys.at(start + t);
        float dot = 0;
        for (int d = 0; d < dim; d++) {
          dot += q[at + d] * block[from + d];
        }
        scores[t] = dot * scale;
        newMax = Math.max(newMax, scores[t]);
      }
      float keep = (float) Math.exp(max - newMax);
      total *= keep;
      for (int d = 0; d < dim; d++) {
        sum[d] *= keep;
      }
      for (int t = 0; t < count; t++) {
        float[] block = keys.cache().values(keys.block(start + t));
        int from = keys.at(start + t);
        float weight = (float) Math.exp(scores[t] - newMax);
        total += weight;
        for (int d = 0; d < dim; d++) {
          sum[d] += weight * block[from + d];
        }
      }
      max = newMax;
    }
    for (int d = 0; d < dim; d++) {
      out[at + d] = sum[d] / total;
    }
  }
}
