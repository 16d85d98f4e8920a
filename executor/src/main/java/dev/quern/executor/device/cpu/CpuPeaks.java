package dev.quern.executor.device.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What this machine's cores can do at most, measured: the exact int8 multiply-adds of the
 * instruction set that a device would use, from registers only, and reads of main memory. All
 * threads work at a time.
 */
public final class CpuPeaks {
  private static final int RUNS = 4;
  private static final double SECONDS = 0.1;
  private static final long PAGE = 4096;

  private final String isa;
  private final PeakLoops loops;
  private final int threads;

  private CpuPeaks(String isa, PeakLoops loops, int threads) {
    this.isa = isa;
    this.loops = loops;
    this.threads = threads;
  }

  /**
   * @param device as {@code --device} has it: cpu, or cpu:avx2 and the like
   * @param threads 0: one per core
   * @throws dev.quern.executor.device.DeviceException when this machine does not run those kernels
   */
  public static CpuPeaks of(String device, int threads) {
    KernelChoice choice = KernelChoice.find();
    String name =
        device.equals(CpuDeviceProvider.KIND)
            ? choice.best()
            : device.substring(CpuDeviceProvider.KIND.length() + 1);
    return new CpuPeaks(
        choice.open(name).isa(),
        choice.peakLoops(name),
        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
  }

  /** The instruction set: java, avx2, avx512-vnni, .. */
  public String isa() {
    return isa;
  }

  public int threads() {
    return threads;
  }

  /** Multiply-adds of all threads in a second, the best of several runs. */
  public double int8MacsPerSecond() {
    long rounds = 1 << 16;
    while (seconds(rounds) < SECONDS) {
      rounds *= 2;
    }
    long macs = loops.multiplyAdds(1) * rounds * threads;
    double best = 0;
    for (int i = 0; i < RUNS; i++) {
      best = Math.max(best, macs / seconds(rounds));
    }
    return best;
  }

  private double seconds(long rounds) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      long start = System.nanoTime();
      pool.run(threads, (_, _) -> loops.multiplyAdds(rounds));
      return (System.nanoTime() - start) / 1e9;
    }
  }

  /**
   * Bytes that all threads read in a second out of a buffer of {@code bytes}, each from its own
   * part: the best way of reading, the best of several runs.
   */
  public double readBytesPerSecond(long bytes) {
    long part = Math.max(PAGE, bytes / threads / PAGE * PAGE);
    try (Arena arena = Arena.ofShared();
        WorkerPool pool = new WorkerPool(threads)) {
      MemorySegment memory = loops.map(arena, part * threads);
      pool.run(threads, (i, _) -> memory.asSlice(i * part, part).fill((byte) 1));
      double best = 0;
      for (int way = 0; way < loops.ways(); way++) {
        int chosen = way;
        for (int run = 0; run < RUNS; run++) {
          long start = System.nanoTime();
          pool.run(threads, (i, _) -> loops.read(memory.asSlice(i * part, part), chosen));
          best = Math.max(best, memory.byteSize() / ((System.nanoTime() - start) / 1e9));
        }
      }
      return best;
    }
  }
}
