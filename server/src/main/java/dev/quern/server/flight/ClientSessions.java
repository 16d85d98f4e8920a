package dev.quern.server.flight;

import dev.quern.server.SessionLimits;
import dev.quern.server.SqlLimitException;
import dev.quern.server.SqlPlaces;
import dev.quern.server.SqlSessions;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions of all clients. A client that returns the server's cookie finds its session over any
 * connection; for others the session is that of their key on the network connection, and ends with
 * it.
 */
final class ClientSessions implements AutoCloseable {
  /** A client without a connection may come back, as networks fail. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  /** What is cancelled ends within a step of the engine; whoever ends sessions waits no longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final SqlSessions sql;
  private final SessionLimits limits;
  private final PrintStream log;
  private final Map<String, ClientSession> open = new ConcurrentHashMap<>();
  private final Thread sweeper;

  ClientSessions(SqlSessions sql, SessionLimits limits, PrintStream log) {
    this.sql = sql;
    this.limits = limits;
    this.log = log;
    this.sweeper = Thread.ofVirtual().name("quern-flight-idle").start(this::sweepUntilClosed);
  }

  SessionLimits limits() {
    return limits;
  }

  /** A network connection, and the sessions that were used over it. */
  static final class Link {
    /** Of clients that know no cookies, by principal. */
    private final Map<String, ClientSession> own = new ConcurrentHashMap<>();

    private final Set<ClientSession> used = ConcurrentHashMap.newKeySet();
  }

  /**
   * The session of a call.
   *
   * @param cookie that the client returned, if any
   * @throws org.apache.arrow.flight.FlightRuntimeException RESOURCE_EXHAUSTED where there are too
   *     many
   */
  ClientSession of(String principal, Optional<String> cookie, Link link) {
    ClientSession known = cookie.map(open::get).orElse(null);
    if (known != null && known.principal().equals(principal)) {
      known.roam();
    } else {
      known =
          link.own.compute(
              principal,
              (name, current) ->
                  current != null && open.containsKey(current.id()) ? current : create(principal));
    }
    link.used.add(known);
    known.attach(link);
    return known;
  }

  private ClientSession create(String principal) {
    SqlPlaces.Place place = place(principal);
    try {
      var session = new ClientSession(principal, sql.open(principal), place);
      open.put(session.id(), session);
      return session;
    } catch (SQLException e) {
      place.close();
      throw FlightErrors.of(e);
    }
  }

  private SqlPlaces.Place place(String principal) {
    try {
      return sql.places().session(principal);
    } catch (SqlLimitException e) {
      sweep(Duration.ZERO);
    }
    try {
      return sql.places().session(principal);
    } catch (SqlLimitException e) {
      throw FlightErrors.of(e);
    }
  }

  /** Ends a session at its client's wish; false where it has ended already. */
  boolean end(ClientSession session) {
    boolean here = open.remove(session.id()) != null;
    session.close(PATIENCE);
    return here;
  }

  /** Ends the sessions that nobody can come back to. */
  void disconnected(Link link) {
    for (ClientSession session : List.copyOf(link.used)) {
      if (session.detach(link)) {
        end(session);
      }
    }
  }

  private void sweepUntilClosed() {
    Duration period = GRACE.compareTo(limits.idle()) < 0 ? GRACE : limits.idle();
    try {
      while (true) {
        Thread.sleep(period.dividedBy(4));
        try {
          sweep(GRACE);
        } catch (RuntimeException e) {
          log.println("quern: a SQL session did not end well: " + e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sweep(Duration grace) {
    for (ClientSession session : List.copyOf(open.values())) {
      if (session.idle(limits) || session.abandoned(grace)) {
        end(session);
      }
    }
  }

  /** Sessions that have not ended. */
  int size() {
    return open.size();
  }

  /** Calls that are under way. */
  int calls() {
    return open.values().stream().mapToInt(ClientSession::calls).sum();
  }

  /** Ends all, and waits no longer for all than for one. */
  @Override
  public void close() {
    sweeper.interrupt();
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<ClientSession> left = List.copyOf(open.values());
    left.forEach(ClientSession::stop);
    for (ClientSession session : left) {
      open.remove(session.id());
      session.close(Duration.ofNanos(end - System.nanoTime()));
    }
  }
}
