package dev.quern.executor.device.reference;

import dev.quern.executor.device.KvScales;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.host.BFloat16;
import dev.quern.executor.device.host.ByteScale;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Turns values into the numbers of the exported form and back; both directions are exact. */
record ReferenceKvTransfer(ReferenceKvCache cache, int firstLayer, int layers) {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  void copyOut(int[] blocks, MemorySegment target) {
    planes(blocks, new Planes(target, true));
  }

  void copyIn(int[] blocks, MemorySegment source) {
    planes(blocks, new Planes(source, false));
  }

  private void planes(int[] blocks, Planes planes) {
    for (int block : blocks) {
      for (int layer = firstLayer; layer < firstLayer + layers; layer++) {
        for (int head = 0; head < cache.spec().kvHeads(); head++) {
          planes.next(block, layer, head, true);
        }
        for (int head = 0; head < cache.spec().kvHeads(); head++) {
          planes.next(block, layer, head, false);
        }
      }
    }
  }

  /** Walks the planes of the exported form in their order. */
  private final class Planes {
    private final KvSpec spec = cache.spec();
    private final MemorySegment memory;
    private final boolean out;
    private long base;

    Planes(MemorySegment memory, boolean out) {
      this.memory = memory;
      this.out = out;
    }

    void next(int block, int layer, int head, boolean keys) {
      float[] numbers = keys ? cache.keys(block) : cache.values(block);
      float[] fixed = spec.scales().map(keys ? KvScales::keys : KvScales::values).orElse(null);
      int dim = spec.headDim();
      for (int slot = 0; slot < spec.blockSize(); slot++) {
        int at = cache.at(layer, slot, head);
        float scale = 0;
        if (spec.slotScales()) {
          float[] scales = keys ? cache.keyScales(block) : cache.valueScales(block);
          long place = base + spec.exportedScaleOffset() + 4L * slot;
          if (out) {
            memory.set(FLOAT, place, scales[at / dim]);
          } else {
            scales[at / dim] = memory.get(FLOAT, place);
          }
          scale = scales[at / dim];
        }
        for (int d = 0; d < dim; d++) {
          int element = keys ? d * spec.blockSize() + slot : slot * dim + d;
          long place = base + (long) element * spec.type().bytes();
          float channel = fixed == null ? 0 : fixed[(layer * spec.kvHeads() + head) * dim + d];
          if (out) {
            put(place, numbers[at + d], scale, channel);
          } else {
            numbers[at + d] = get(place, scale, channel);
          }
        }
      }
      base += spec.exportedPlaneBytes();
    }

    private void put(long place, float value, float scale, float channel) {
      switch (spec.type()) {
        case F32 -> memory.set(FLOAT, place, value);
        case F16 -> memory.set(SHORT, place, Float.floatToFloat16(value));
        case BF16 -> memory.set(SHORT, place, BFloat16.fromFloat(value));
        case INT8 ->
            memory.set(
                ValueLayout.JAVA_BYTE,
                place,
                spec.slotScales()
                    ? ByteScale.quantize(value, scale)
                    : ByteScale.quantizeStatic(value, channel));
        case INT32 -> throw new IllegalArgumentException("KV cache type INT32");
      }
    }

    private float get(long place, float scale, float channel) {
      return switch (spec.type()) {
        case F32 -> memory.get(FLOAT, place);
        case F16 -> Float.float16ToFloat(memory.get(SHORT, place));
        case BF16 -> BFloat16.toFloat(memory.get(SHORT, place));
        case INT8 -> {
          byte stored = memory.get(ValueLayout.JAVA_BYTE, place);
          yield spec.slotScales() ? stored * scale : ByteScale.dequantizeStatic(stored, channel);
        }
        case INT32 -> throw new IllegalArgumentException("KV cache type INT32");
      };
    }
  }
}
