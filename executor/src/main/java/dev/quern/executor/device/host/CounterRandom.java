package dev.quern.executor.device.host;

/**
 * A counter-based generator: the n-th draw at a position of a row is a hash of (seed, position, n),
 * so that it depends on nothing that ran before. The mixer is SplitMix64's finalizer (Steele, Lea
 * and Flood, OOPSLA 2014), applied once per input.
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /** Uniform in [0, 1) with 53 bits. */
  public static double uniform(long seed, int position, int draw) {
    long mixed = mix(mix(mix(seed + GOLDEN) + position + GOLDEN) + draw + GOLDEN);
    return (mixed >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
