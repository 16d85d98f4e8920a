package dev.quern.server.flight;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightRuntimeException;

/**
 * Hands messages of a client on to the handler of its call. One that cannot be decoded ends the
 * call with a status that says so; gRPC would log each with a stack trace and blame the server.
 *
 * @param <Q> requests
 */
final class GuardedListener<Q> extends ServerCall.Listener<InputStream> {
  /** Looks at the bytes of a message before they are decoded. */
  interface Check {
    /**
     * Gives what is to be decoded, in order; nothing where the message says nothing.
     *
     * @throws FlightRuntimeException with a sentence for the client
     * @throws IOException where the bytes make no message
     */
    List<InputStream> parts(InputStream message) throws IOException;
  }

  private final GuardedCall<Q, ?> call;
  private final Check check;
  private final Supplier<ServerCall.Listener<Q>> start;
  private ServerCall.Listener<Q> handler;

  private GuardedListener(
      GuardedCall<Q, ?> call, Check check, Supplier<ServerCall.Listener<Q>> start) {
    this.call = call;
    this.check = check;
    this.start = start;
  }

  /** The handler starts at once. */
  static <Q> GuardedListener<Q> of(GuardedCall<Q, ?> call, Supplier<ServerCall.Listener<Q>> start) {
    var listener = new GuardedListener<>(call, List::of, start);
    listener.handler = start.get();
    return listener;
  }

  /**
   * The handler starts with the first message that passes. Before, a call takes no thread, however
   * long its client is silent.
   */
  static <Q> GuardedListener<Q> waiting(
      GuardedCall<Q, ?> call, Check check, Supplier<ServerCall.Listener<Q>> start) {
    call.request(1);
    return new GuardedListener<>(call, check, start);
  }

  @Override
  public void onMessage(InputStream message) {
    if (call.isRefused()) {
      return;
    }
    try {
      List<InputStream> parts = check.parts(message);
      if (handler == null) {
        handler = start.get();
      }
      for (InputStream part : parts) {
        handler.onMessage(call.parse(part));
      }
      if (parts.isEmpty()) {
        // The handler asks for the next when it gets one.
        call.request(1);
      }
    } catch (IOException | RuntimeException | StackOverflowError e) {
      refuse(status(e));
    }
  }

  private void refuse(Status status) {
    call.refuse(status);
    if (handler != null) {
      handler.onCancel();
    }
  }

  private static Status status(Throwable failure) {
    return switch (failure) {
      case FlightRuntimeException e ->
          Status.INVALID_ARGUMENT.withDescription(e.status().description());
      case StatusRuntimeException e when isTooLarge(e) -> e.getStatus();
      default ->
          Status.INVALID_ARGUMENT.withDescription(
              "a message cannot be decoded: " + failure.getClass().getSimpleName());
    };
  }

  /** Compressed messages show their size only while they are read. */
  private static boolean isTooLarge(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
  }

  @Override
  public void onHalfClose() {
    if (call.isRefused()) {
      return;
    }
    if (handler == null) {
      refuse(Status.INVALID_ARGUMENT.withDescription(PutCheck.NO_COMMAND));
    } else {
      handler.onHalfClose();
    }
  }

  @Override
  public void onCancel() {
    if (handler != null && !call.isRefused()) {
      handler.onCancel();
    }
  }

  @Override
  public void onComplete() {
    if (handler != null && !call.isRefused()) {
      handler.onComplete();
    }
  }

  @Override
  public void onReady() {
    if (handler != null && !call.isRefused()) {
      handler.onReady();
    }
  }
}
