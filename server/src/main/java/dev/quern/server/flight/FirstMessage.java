package dev.quern.server.flight;

import java.time.Duration;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;

/**
 * The first message of a put, which names what is put. Flight waits for it for ever, also when the
 * client has ended or cancelled its call without one; this gives up.
 */
final class FirstMessage {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private FirstMessage() {}

  /**
   * Waits in the calling thread.
   *
   * @throws FlightRuntimeException when it does not come
   */
  static FlightDescriptor await(CallContext context, FlightStream stream) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (var _ = WaitLimit.until(() -> System.nanoTime() - end >= 0 || context.isCancelled())) {
      return stream.getDescriptor();
    } catch (FlightRuntimeException e) {
      throw FlightErrors.exception(
          CallStatus.INVALID_ARGUMENT, "the first message of a put must name a command");
    }
  }
}
