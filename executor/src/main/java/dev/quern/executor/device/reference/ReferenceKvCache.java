package dev.quern.executor.device.reference;

import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvScales;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.host.BFloat16;
import dev.quern.executor.device.host.ByteScale;

/**
 * Keys and values as the values that the spec's type can hold: storing rounds, reading is exact.
 * Blocks come into being when first written.
 */
final class ReferenceKvCache implements KvCache {
  private final KvSpec spec;
  private final Footprint footprint;
  private final float[][] keys;
  private final float[][] values;
  private final float[][] keyScales;
  private final float[][] valueScales;
  private boolean closed;

  ReferenceKvCache(KvSpec spec, Footprint footprint) {
    this.spec = spec;
    this.footprint = footprint;
    keys = new float[spec.blocks()][];
    values = new float[spec.blocks()][];
    keyScales = new float[spec.blocks()][];
    valueScales = new float[spec.blocks()][];
    footprint.add(bytes());
  }

  /** The block's keys or values, [layer][slot][kvHead][headDim]. */
  float[] keys(int block) {
    return block(keys, block);
  }

  float[] values(int block) {
    return block(values, block);
  }

  /** The scales that the block's keys were stored under, [layer][slot][kvHead]; of slot scales. */
  float[] keyScales(int block) {
    return scales(keyScales, block);
  }

  float[] valueScales(int block) {
    return scales(valueScales, block);
  }

  private float[] scales(float[][] blocks, int block) {
    if (blocks[block] == null) {
      blocks[block] = new float[spec.layers() * spec.blockSize() * spec.kvHeads()];
    }
    return blocks[block];
  }

  /** Where token {@code slot} of a layer and head starts inside a block. */
  int at(int layer, int slot, int kvHead) {
    return ((layer * spec.blockSize() + slot) * spec.kvHeads() + kvHead) * spec.headDim();
  }

  /** Stores one head's key of a token. */
  void storeKey(int block, int layer, int slot, int kvHead, float[] source, int from) {
    float[] scales = spec.scales().map(KvScales::keys).orElse(null);
    float[] own = spec.slotScales() ? keyScales(block) : null;
    store(keys(block), layer, slot, kvHead, source, from, scales, own);
  }

  /** Stores one head's value of a token. */
  void storeValue(int block, int layer, int slot, int kvHead, float[] source, int from) {
    float[] scales = spec.scales().map(KvScales::values).orElse(null);
    float[] own = spec.slotScales() ? valueScales(block) : null;
    store(values(block), layer, slot, kvHead, source, from, scales, own);
  }

  /** Rounds one head's vector to the cache's type on its way in. */
  private void store(
      float[] block,
      int layer,
      int slot,
      int kvHead,
      float[] source,
      int from,
      float[] scales,
      float[] slotScales) {
    int dim = spec.headDim();
    int at = at(layer, slot, kvHead);
    int channel = (layer * spec.kvHeads() + kvHead) * dim;
    switch (spec.type()) {
      case F32 -> System.arraycopy(source, from, block, at, dim);
      case F16 -> {
        for (int d = 0; d < dim; d++) {
          block[at + d] = Float.float16ToFloat(Float.floatToFloat16(source[from + d]));
        }
      }
      case BF16 -> {
        for (int d = 0; d < dim; d++) {
          block[at + d] = BFloat16.toFloat(BFloat16.fromFloat(source[from + d]));
        }
      }
      case INT8 -> {
        if (scales != null) {
          for (int d = 0; d < dim; d++) {
            float scale = scales[channel + d];
            byte quantized = ByteScale.quantizeStatic(source[from + d], scale);
            block[at + d] = ByteScale.dequantizeStatic(quantized, scale);
          }
          return;
        }
        float scale = ByteScale.of(source, from, dim);
        slotScales[at / dim] = scale;
        for (int d = 0; d < dim; d++) {
          block[at + d] = ByteScale.quantize(source[from + d], scale) * scale;
        }
      }
      case INT32 -> throw new IllegalArgumentException("KV cache type INT32");
    }
  }

  void copy(int from, int to, int tokens) {
    int perToken = spec.kvHeads() * spec.headDim();
    for (int layer = 0; layer < spec.layers(); layer++) {
      int at = at(layer, 0, 0);
      System.arraycopy(keys(from), at, keys(to), at, tokens * perToken);
      System.arraycopy(values(from), at, values(to), at, tokens * perToken);
      if (spec.slotScales()) {
        int scaleAt = at / spec.headDim();
        int count = tokens * spec.kvHeads();
        System.arraycopy(keyScales(from), scaleAt, keyScales(to), scaleAt, count);
        System.arraycopy(valueScales(from), scaleAt, valueScales(to), scaleAt, count);
      }
    }
  }

  private float[] block(float[][] blocks, int block) {
    if (closed) {
      throw new IllegalStateException("KV cache is closed");
    }
    if (blocks[block] == null) {
      blocks[block] = new float[spec.layers() * spec.blockSize() * spec.kvHeads() * spec.headDim()];
    }
    return blocks[block];
  }

  private long bytes() {
    return spec.bytesPerToken() * spec.blockSize() * spec.blocks();
  }

  @Override
  public KvSpec spec() {
    return spec;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      footprint.add(-bytes());
    }
  }
}
