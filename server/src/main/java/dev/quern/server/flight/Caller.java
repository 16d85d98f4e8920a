package dev.quern.server.flight;

import io.grpc.Context;
import java.util.Optional;
import org.apache.arrow.flight.CallStatus;

/** Who makes the call under way, and the session that it belongs to; opened at first use. */
final class Caller {
  private static final Context.Key<Caller> CURRENT = Context.key("quern.caller");

  private final ClientSessions sessions;
  private final String principal;
  private final Optional<String> cookie;
  private final ClientSessions.Link link;
  private ClientSession session;

  Caller(
      ClientSessions sessions,
      String principal,
      Optional<String> cookie,
      ClientSessions.Link link) {
    this.sessions = sessions;
    this.principal = principal;
    this.cookie = cookie;
    this.link = link;
  }

  /** The caller of the call whose thread this is. */
  static Caller current() {
    Caller caller = CURRENT.get();
    if (caller == null) {
      throw FlightErrors.exception(CallStatus.UNAUTHENTICATED, "the call has no caller");
    }
    return caller;
  }

  Context in(Context context) {
    return context.withValue(CURRENT, this);
  }

  String principal() {
    return principal;
  }

  synchronized ClientSession session() {
    if (session == null) {
      session = sessions.of(principal, cookie, link);
    }
    return session;
  }

  /** The cookie that the client should return from now on; empty where it does. */
  synchronized Optional<String> newCookie() {
    return session == null || cookie.equals(Optional.of(session.id()))
        ? Optional.empty()
        : Optional.of(session.id());
  }

  /** Ends the session of the call; false where it has ended already. */
  boolean endSession() {
    return sessions.end(session());
  }
}
