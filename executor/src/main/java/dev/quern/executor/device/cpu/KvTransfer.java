package dev.quern.executor.device.cpu;

import dev.quern.executor.device.KvSpec;
import java.lang.foreign.MemorySegment;

/**
 * Copies blocks between the cache and their exported form. Planes are laid out alike in both; in
 * the cache each starts at a cache line, so that planes whose size is a multiple of it are copied
 * in one run a block.
 */
record KvTransfer(CpuKvCache cache, int firstLayer, int layers) {
  void copyOut(int[] blocks, MemorySegment target) {
    copy(
        blocks,
        (inCache, exported, bytes) ->
            MemorySegment.copy(cache.memory(), inCache, target, exported, bytes));
  }

  void copyIn(int[] blocks, MemorySegment source) {
    copy(
        blocks,
        (inCache, exported, bytes) ->
            MemorySegment.copy(source, exported, cache.memory(), inCache, bytes));
  }

  private interface Run {
    void copy(long inCache, long exported, long bytes);
  }

  private void copy(int[] blocks, Run run) {
    KvSpec spec = cache.spec();
    long plane = spec.exportedPlaneBytes();
    int planes = 2 * layers * spec.kvHeads();
    long exported = 0;
    for (int block : blocks) {
      long base =
          block * cache.blockBytes() + 2L * firstLayer * spec.kvHeads() * cache.planeBytes();
      if (plane == cache.planeBytes()) {
        run.copy(base, exported, planes * plane);
        exported += planes * plane;
        continue;
      }
      for (int p = 0; p < planes; p++) {
        run.copy(base + p * cache.planeBytes(), exported, plane);
        exported += plane;
      }
    }
  }
}
