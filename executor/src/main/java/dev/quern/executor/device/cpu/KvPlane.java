package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvScales;
import dev.quern.executor.device.host.BFloat16;
import dev.quern.executor.device.host.ByteScale;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One layer's keys or values of one head in one block, read and written in plain Java. Keys have
 * stride blockSize between the numbers of a token, values stand together.
 */
final class KvPlane {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private final CpuKvCache cache;
  private final MemorySegment memory;
  private final boolean keys;
  private final float[] scales; // static, or null
  private long base;
  private int channel;

  KvPlane(CpuKvCache cache, boolean keys) {
    this.cache = cache;
    this.keys = keys;
    memory = cache.memory();
    scales = cache.spec().scales().map(keys ? KvScales::keys : KvScales::values).orElse(null);
  }

  /** Moves to a block, layer and head. */
  KvPlane at(int block, int layer, int head) {
    int heads = cache.spec().kvHeads();
    int side = keys ? 0 : heads;
    channel = (layer * heads + head) * cache.spec().headDim();
    base = block * cache.blockBytes() + (2L * layer * heads + side + head) * cache.planeBytes();
    return this;
  }

  private long element(int slot, int d) {
    return keys
        ? (long) d * cache.spec().blockSize() + slot
        : (long) slot * cache.spec().headDim() + d;
  }

  private long scale(int slot) {
    return base + cache.scaleOffset() + 4L * slot;
  }

  /** Number d of a token, dequantized. */
  float get(int slot, int d) {
    long i = element(slot, d);
    return switch (cache.spec().type()) {
      case F32 -> memory.get(FLOAT, base + 4 * i);
      case F16 -> Float.float16ToFloat(memory.get(SHORT, base + 2 * i));
      case BF16 -> BFloat16.toFloat(memory.get(SHORT, base + 2 * i));
      case INT8 -> {
        byte stored = memory.get(ValueLayout.JAVA_BYTE, base + i);
        yield scales == null
            ? stored * memory.get(FLOAT, scale(slot))
            : ByteScale.dequantizeStatic(stored, scales[channel + d]);
      }
      case INT32 -> throw new IllegalArgumentException("KV cache: INT32");
    };
  }

  /** Stores a token's vector. */
  void put(int slot, float[] values) {
    int dim = cache.spec().headDim();
    float scale = ByteScale.of(values, 0, dim);
    for (int d = 0; d < dim; d++) {
      long i = element(slot, d);
      switch (cache.spec().type()) {
        case F32 -> memory.set(FLOAT, base + 4 * i, values[d]);
        case F16 -> memory.set(SHORT, base + 2 * i, Float.floatToFloat16(values[d]));
        case BF16 -> memory.set(SHORT, base + 2 * i, BFloat16.fromFloat(values[d]));
        case INT8 -> {
          memory.set(FLOAT, scale(slot), scale);
          byte stored =
              scales == null
                  ? ByteScale.quantize(values[d], scale)
                  : ByteScale.quantizeStatic(values[d], scales[channel + d]);
          memory.set(ValueLayout.JAVA_BYTE, base + i, stored);
        }
        case INT32 -> throw new IllegalArgumentException("KV cache: INT32");
      }
    }
  }

  /** Copies one token's stored bytes from another plane of the same cache. */
  void copyToken(KvPlane from, int slot) {
    int bytes = cache.spec().type().bytes();
    for (int d = 0; d < cache.spec().headDim(); d++) {
      long i = element(slot, d) * bytes;
      MemorySegment.copy(from.memory, from.base + i, memory, base + i, bytes);
    }
    if (cache.spec().type() == ElementType.INT8) {
      MemorySegment.copy(from.memory, from.scale(slot), memory, scale(slot), 4);
    }
  }
}
