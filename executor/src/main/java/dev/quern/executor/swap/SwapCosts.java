package dev.quern.executor.swap;

import java.util.Locale;

/**
 * What a token costs, measured on this machine, in microseconds.
 *
 * @param compute its share of a prefill step behind no context, where tokens are cheapest
 * @param out copying it out of the device, and writing it where it goes to a file
 * @param back reading it and copying it in
 */
public record SwapCosts(double compute, double out, double back) {
  /** Every evicted block is copied out; of those, at least one in this many must come back. */
  private static final double BLOCKS_A_RETURN = 3;

  /** How many blocks may go out for each that comes back until computing again is cheaper. */
  public double blocksAReturn() {
    return (compute - back) / out;
  }

  /** Whether swapping costs less than computing again if one block in three comes back. */
  public boolean pays() {
    return blocksAReturn() >= BLOCKS_A_RETURN;
  }

  /** The figures and what follows from them, for people. */
  public String describe() {
    String figures =
        String.format(
            Locale.ROOT,
            "a token takes %.1f us out, %.1f us back, %.1f us to compute",
            out,
            back,
            compute);
    return pays()
        ? String.format(
            Locale.ROOT, "on: %s; pays if one block in %.0f comes back", figures, blocksAReturn())
        : String.format(
            Locale.ROOT, "off: %s, which pays only if more than one in 3 comes back", figures);
  }
}
