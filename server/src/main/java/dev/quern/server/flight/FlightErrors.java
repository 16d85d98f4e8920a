package dev.quern.server.flight;

import dev.quern.server.SqlLimitException;
import dev.quern.sql.jdbc.QuernConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.OutOfMemoryException;

/** Failures as Flight tells them: a status and the sentence that an embedded session would give. */
final class FlightErrors {
  /** Clients refuse trailers of more than 8 KiB; texts travel in percent encoding. */
  private static final int LONGEST = 6000;

  private FlightErrors() {}

  /** A failure of a session's statement. */
  static FlightRuntimeException of(Throwable failure, QuernConnection session) {
    return switch (failure) {
      case FlightRuntimeException known -> known;
      case OutOfMemoryException e ->
          exception(
              CallStatus.RESOURCE_EXHAUSTED, "no memory is left for Arrow data: " + e.getMessage());
      case Throwable other -> of(session.error(other));
    };
  }

  /** A failure outside of statements: what the client sent makes no request. */
  static FlightRuntimeException ofRequest(RuntimeException failure) {
    return failure instanceof FlightRuntimeException known
        ? known
        : exception(
            CallStatus.INVALID_ARGUMENT,
            "the request cannot be read: " + failure.getClass().getSimpleName());
  }

  static FlightRuntimeException of(SQLException e) {
    return exception(status(e), e.getMessage() == null ? e.toString() : e.getMessage());
  }

  private static CallStatus status(SQLException e) {
    if (e instanceof SQLTimeoutException) {
      return CallStatus.TIMED_OUT;
    }
    String state = e.getSQLState() == null ? "HY000" : e.getSQLState();
    return switch (state) {
      case "57014" -> CallStatus.CANCELLED;
      case "53400" -> CallStatus.RESOURCE_EXHAUSTED;
      case "0A000" -> CallStatus.UNIMPLEMENTED;
      case "42501" -> CallStatus.UNAUTHORIZED;
      case "58030", "54001" -> CallStatus.INVALID_ARGUMENT;
      default ->
          state.startsWith("42") || state.startsWith("22")
              ? CallStatus.INVALID_ARGUMENT
              : CallStatus.INTERNAL;
    };
  }

  static FlightRuntimeException of(SqlLimitException limit) {
    return exception(CallStatus.RESOURCE_EXHAUSTED, limit.getMessage());
  }

  static FlightRuntimeException exception(CallStatus status, String message) {
    return status.withDescription(shortened(message)).toRuntimeException();
  }

  private static String shortened(String message) {
    String kept = message;
    while (encoded(kept) > LONGEST) {
      // Text of any script loses at least an eighth a round.
      kept = kept.substring(0, kept.length() - kept.length() / 8 - 1);
    }
    return kept.length() == message.length() ? message : kept + " .. (cut)";
  }

  private static int encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).length();
  }
}
