package dev.quern.executor.device.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** The loops that {@link CpuPeaks} times, each for one thread. */
sealed interface PeakLoops {
  /** Makes exact int8 multiply-adds in registers; returns how many. */
  long multiplyAdds(long rounds);

  /** Reads a segment whose size is a multiple of 4096 bytes. */
  void read(MemorySegment memory, int way);

  /** Ways of reading: how many streams side by side, with prefetch or without. */
  int ways();

  /** Zeroed memory, in large pages where the system has them. */
  MemorySegment map(Arena arena, long bytes);

  /** The C loops of an instruction set (peak.c). */
  record Native(NativeCalls.PeakInt8 int8, NativeCalls.PeakRead reading, NativeKernels kernels)
      implements PeakLoops {
    private static final int WAYS = 6;

    static Native of(SymbolLookup symbols, Isa isa) {
      return new Native(
          NativeCalls.bind(symbols, "quern_peak_int8_" + isa.suffix(), NativeCalls.PeakInt8.class),
          NativeCalls.bind(symbols, "quern_peak_read_" + isa.suffix(), NativeCalls.PeakRead.class),
          new NativeKernels(symbols, isa));
    }

    @Override
    public long multiplyAdds(long rounds) {
      return int8.call(rounds);
    }

    @Override
    public void read(MemorySegment memory, int way) {
      reading.call(memory.address(), memory.byteSize(), way);
    }

    @Override
    public int ways() {
      return WAYS;
    }

    @Override
    public MemorySegment map(Arena arena, long bytes) {
      return kernels.map(arena, bytes);
    }
  }

  /** What plain Java reaches, where there are no native kernels. */
  final class Java implements PeakLoops {
    private static final int CHAINS = 8;

    @SuppressWarnings("UnusedVariable") // what is never written would never be computed
    private static volatile long sink;

    @Override
    public long multiplyAdds(long rounds) {
      int a = 0;
      int b = 1;
      int c = 2;
      int d = 3;
      int e = 4;
      int f = 5;
      int g = 6;
      int h = 7;
      int x = (byte) (rounds | 3);
      for (long r = 0; r < rounds; r++) {
        a += x * (byte) a;
        b += x * (byte) b;
        c += x * (byte) c;
        d += x * (byte) d;
        e += x * (byte) e;
        f += x * (byte) f;
        g += x * (byte) g;
        h += x * (byte) h;
      }
      sink = (long) a + b + c + d + e + f + g + h;
      return rounds * CHAINS;
    }

    @Override
    public void read(MemorySegment memory, int way) {
      long sum = 0;
      for (long at = 0; at < memory.byteSize(); at += Long.BYTES) {
        sum += memory.get(ValueLayout.JAVA_LONG, at);
      }
      sink = sum;
    }

    @Override
    public int ways() {
      return 1;
    }

    @Override
    public MemorySegment map(Arena arena, long bytes) {
      return arena.allocate(bytes, 64);
    }
  }
}
