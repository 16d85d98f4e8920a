package dev.quern.server.flight;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.flight.CallStatus;

/** Limits what the parameters that a session reads and keeps take in memory. */
final class ParameterMemory {
  /** Bytes of one call. */
  static final long MOST_A_CALL = 64L << 20;

  /** Bytes of a session: what is read, bound, or waits with a result that was not fetched. */
  private static final long MOST = 128L << 20;

  private final Supplier<Stream<BoundValues>> kept;
  private long reading;

  /**
   * @param kept what statements and results hold; they may share it
   */
  ParameterMemory(Supplier<Stream<BoundValues>> kept) {
    this.kept = kept;
  }

  /**
   * Takes room for parameters that are read.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException RESOURCE_EXHAUSTED where there is none
   */
  synchronized void take(long bytes) {
    if (reading + keptBytes() + bytes > MOST) {
      throw FlightErrors.exception(
          CallStatus.RESOURCE_EXHAUSTED,
          "parameters of this session take more than "
              + (MOST >> 20)
              + " MiB of memory; fetch results, close prepared statements, or bind fewer rows at a"
              + " time");
    }
    reading += bytes;
  }

  synchronized void giveBack(long bytes) {
    reading -= bytes;
  }

  private long keptBytes() {
    Set<BoundValues> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.get().forEach(distinct::add);
    return distinct.stream().mapToLong(BoundValues::bytes).sum();
  }
}
