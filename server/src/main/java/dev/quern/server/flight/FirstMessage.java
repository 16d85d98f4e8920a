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
  private static final int POLL_MILLIS = 50;

  private final Thread reader = Thread.currentThread();
  private boolean waiting = true;

  private FirstMessage() {}

  /**
   * Waits in the calling thread.
   *
   * @throws FlightRuntimeException when it does not come
   */
  static FlightDescriptor await(CallContext context, FlightStream stream) {
    var message = new FirstMessage();
    Thread.ofVirtual().name("quern-flight-first-message").start(() -> message.watch(context));
    try {
      return stream.getDescriptor();
    } catch (FlightRuntimeException e) {
      throw FlightErrors.exception(
          CallStatus.INVALID_ARGUMENT, "the first message of a put must name a command");
    } finally {
      message.arrived();
    }
  }

  private void watch(CallContext context) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && !context.isCancelled() && stillWaiting()) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        break;
      }
    }
    giveUp();
  }

  private synchronized boolean stillWaiting() {
    return waiting;
  }

  private synchronized void giveUp() {
    if (waiting) {
      waiting = false;
      reader.interrupt();
    }
  }

  private synchronized void arrived() {
    if (!waiting) {
      // Given up just now: the interrupt was meant for the wait alone.
      Thread.interrupted();
    }
    waiting = false;
  }
}
