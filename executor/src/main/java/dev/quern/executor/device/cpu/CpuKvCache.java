package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvScales;
import dev.quern.executor.device.KvSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Paged keys and values. A block holds [layer][keys, values][KV head] planes; keys stand as
 * [headDim][slot], values as [slot][headDim], the scales of int8 behind them.
 */
final class CpuKvCache implements KvCache {
  private final KvSpec spec;
  private final OffHeap.Block block;
  private final OffHeap.Block fields; // Cache of kv.h
  private final OffHeap.Block scales; // of keys, then of values; null without static ones

  CpuKvCache(OffHeap memory, KvSpec spec) {
    if (spec.type() == ElementType.INT32) {
      throw new IllegalArgumentException("KV cache: INT32 is no type of a cache");
    }
    this.spec = spec;
    block = memory.allocate(spec.toString(), spec.blocks() * blockBytes());
    fields = memory.allocate("fields of a KV cache", 8 * 8);
    scales = spec.scales().map(s -> upload(memory, s)).orElse(null);
    writeFields();
  }

  private static OffHeap.Block upload(OffHeap memory, KvScales scales) {
    int n = scales.keys().length;
    OffHeap.Block block = memory.allocate("static scales of a KV cache", 8L * n);
    MemorySegment.copy(scales.keys(), 0, block.segment(), ValueLayout.JAVA_FLOAT, 0, n);
    MemorySegment.copy(scales.values(), 0, block.segment(), ValueLayout.JAVA_FLOAT, 4L * n, n);
    return block;
  }

  private void writeFields() {
    long keyScales = scales == null ? 0 : scales.segment().address();
    long channels = (long) spec.layers() * spec.kvHeads() * spec.headDim();
    long[] values = {
      block.segment().address(),
      NativeKernels.code(spec.type()),
      spec.kvHeads(),
      spec.headDim(),
      spec.blockSize(),
      blockBytes(),
      keyScales,
      scales == null ? 0 : keyScales + 4 * channels
    };
    MemorySegment.copy(values, 0, fields.segment(), ValueLayout.JAVA_LONG, 0, values.length);
  }

  /** Address of the fields as kv.h reads them. */
  long address() {
    return fields.segment().address();
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
    fields.close();
    if (scales != null) {
      scales.close();
    }
  }
}
