package dev.quern.server.flight;

import dev.quern.server.SessionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.ValueVectorUtility;

/**
 * Reads values of parameters that a client puts. Flight waits for the next message for ever; this
 * gives up when the client is silent, has gone, or its session ends.
 */
final class ParameterReader implements AutoCloseable {
  /** Room is taken in steps of so many bytes. */
  private static final long STEP = 1 << 20;

  private static final int MOST_ROWS = 100_000;
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration WHOLE = Duration.ofMinutes(5);

  private final ClientSession session;
  private final Statement statement;
  private final Duration silence;
  private final Duration whole;
  private final long begin = System.nanoTime();
  private volatile long lastMessage = begin;
  private long bytes;
  private long taken;

  ParameterReader(ClientSession session, Statement statement, SessionLimits limits) {
    this.session = session;
    this.statement = statement;
    // A client that may take a second for a statement may not take more to bind its parameters.
    this.silence = shorter(SILENCE, limits);
    this.whole = shorter(WHOLE, limits);
  }

  private static Duration shorter(Duration time, SessionLimits limits) {
    return Duration.ofSeconds(Math.min(time.toSeconds(), limits.seconds()));
  }

  /** The values; the session has room for them until this is closed or they are bound. */
  BoundValues read(CallContext context, FlightStream stream) {
    try (var limit =
        WaitLimit.until(() -> timedOut() || context.isCancelled() || session.stopped())) {
      try {
        return read(stream);
      } catch (RuntimeException e) {
        throw limit.ended() ? ended() : e;
      }
    }
  }

  private BoundValues read(FlightStream stream) {
    List<List<Object>> values = new ArrayList<>();
    while (stream.next()) {
      lastMessage = System.nanoTime();
      VectorSchemaRoot batch = stream.getRoot();
      if (batch.getFieldVectors().isEmpty()) {
        continue; // a client that has nothing to bind
      }
      if (values.size() + batch.getRowCount() > MOST_ROWS) {
        throw FlightErrors.exception(
            CallStatus.RESOURCE_EXHAUSTED,
            "more than " + MOST_ROWS + " rows of parameters were sent; bind fewer at a time");
      }
      requireSound(batch);
      values.addAll(statement.planned().values(batch, this::count));
    }
    return new BoundValues(values, bytes);
  }

  /** Of each value, as a batch may hold a long one once for many rows. */
  private void count(Object value) {
    bytes += BoundValues.sizeOf(value);
    if (bytes > ParameterMemory.MOST_A_CALL) {
      throw FlightErrors.exception(
          CallStatus.RESOURCE_EXHAUSTED,
          "the parameters sent take more than "
              + (ParameterMemory.MOST_A_CALL >> 20)
              + " MiB of memory; bind fewer rows at a time");
    }
    while (taken < bytes) {
      session.memory().take(STEP);
      taken += STEP;
    }
  }

  @Override
  public void close() {
    session.memory().giveBack(taken);
    taken = 0;
  }

  /** Offsets of texts come from the client as well, and tell how much memory reading them takes. */
  private static void requireSound(VectorSchemaRoot batch) {
    try {
      ValueVectorUtility.validateFull(batch);
    } catch (RuntimeException e) {
      throw FlightErrors.exception(
          CallStatus.INVALID_ARGUMENT, "a batch of parameters is malformed: " + e.getMessage());
    }
  }

  private boolean timedOut() {
    long now = System.nanoTime();
    return now - lastMessage >= silence.toNanos() || now - begin >= whole.toNanos();
  }

  private RuntimeException ended() {
    if (session.stopped()) {
      return FlightErrors.exception(CallStatus.CANCELLED, "the session has ended");
    }
    return FlightErrors.exception(
        CallStatus.TIMED_OUT,
        "parameters must come within "
            + whole.toSeconds()
            + " s, without a pause of "
            + silence.toSeconds()
            + " s; end the put, or bind fewer rows at a time");
  }
}
