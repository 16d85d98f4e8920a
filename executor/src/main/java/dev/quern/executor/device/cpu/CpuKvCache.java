package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvSpec;
import java.lang.foreign.MemorySegment;

/**
 * Paged keys and values. A block holds [layer][keys, values][KV head] planes; keys stand as
 * [headDim][slot], values as [slot][headDim], the scales of int8 behind them.
 */
final class CpuKvCache implements KvCache {
  private final KvSpec spec;
  private final OffHeap.Block block;

  CpuKvCache(OffHeap memory, KvSpec spec) {
    if (spec.type() == ElementType.INT32) {
      throw new IllegalArgumentException("KV cache: INT32 is no type of a cache");
    }
    this.spec = spec;
    block = memory.allocate(spec.toString(), spec.blocks() * blockBytes());
  }

  MemorySegment memory() {
    return block.segment();
  }

  /** Where the scales of an int8 plane start. */
  long scaleOffset() {
    return ((long) spec.headDim() * spec.blockSize() + 3) / 4 * 4;
  }

  /** Bytes of one layer's keys or values of one head in one block. */
  long planeBytes() {
    long bytes = (long) spec.headDim() * spec.blockSize() * spec.type().bytes();
    if (spec.type() == ElementType.INT8) {
      bytes = scaleOffset() + 4L * spec.blockSize();
    }
    return (bytes + 63) / 64 * 64;
  }

  long blockBytes() {
    return 2L * spec.layers() * spec.kvHeads() * planeBytes();
  }

  @Override
  public KvSpec spec() {
    return spec;
  }

  @Override
  public void close() {
    block.close();
  }
}
