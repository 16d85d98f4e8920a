package dev.quern.executor.device.cpu;

import dev.quern.executor.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Allocates and counts a device's memory off the heap, 64-byte aligned and zeroed. */
final class OffHeap {
  /** Blocks from this size on come in large pages where the kernels can map them. */
  private static final long LARGE = 1 << 20;

  private final Kernels kernels;
  private final AtomicLong bytes = new AtomicLong();

  OffHeap(Kernels kernels) {
    this.kernels = kernels;
  }

  /** One allocation; closing frees it. */
  final class Block implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private boolean closed;

    private Block(String what, long size) {
      try {
        segment = size >= LARGE ? kernels.map(arena, size) : arena.allocate(Math.max(64, size), 64);
      } catch (OutOfMemoryError e) {
        arena.close();
        throw new DeviceException(
            "out of memory: " + size + " bytes for " + what + " on top of " + bytes.get(), e);
      }
      bytes.addAndGet(segment.byteSize());
    }

    MemorySegment segment() {
      if (closed) {
        throw new IllegalStateException("used after close");
      }
      return segment;
    }

    long size() {
      return segment.byteSize();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        bytes.addAndGet(-segment.byteSize());
        arena.close();
      }
    }
  }

  Block allocate(String what, long size) {
    return new Block(what, size);
  }

  long bytes() {
    return bytes.get();
  }
}
