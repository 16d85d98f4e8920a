package dev.quern.server.console;

import dev.quern.server.SqlLimitException;
import dev.quern.server.SqlPlaces;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Caller;
import dev.quern.sql.jdbc.QuernConnection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The console's SQL sessions: opened at their first statement, closed when they are idle. */
final class ConsoleSessions implements AutoCloseable {
  /** Of two callers that choose the same name, each has a session of its own. */
  private record Key(Caller caller, String name) {}

  private static final class Session {
    private final Semaphore room;
    private final SqlPlaces.Place place;
    private QuernConnection connection;
    private int users;
    private long idleSince;

    Session(int statements, SqlPlaces.Place place) {
      this.room = new Semaphore(statements, true);
      this.place = place;
    }
  }

  /** A session's connection while a statement uses it. */
  final class Lease implements AutoCloseable {
    private final Session session;
    private final SqlPlaces.Place statement;

    private Lease(Session session, SqlPlaces.Place statement) {
      this.session = session;
      this.statement = statement;
    }

    QuernConnection connection() {
      return session.connection;
    }

    @Override
    public void close() {
      statement.close();
      session.room.release();
      leave(session);
    }
  }

  private final SqlSessions sql;
  private final ConsoleLimits limits;
  private final LongSupplier nanoTime;
  private final Map<Key, Session> sessions = new HashMap<>();
  private boolean closed;

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  ConsoleSessions(SqlSessions sql, ConsoleLimits limits, LongSupplier nanoTime) {
    this.sql = sql;
    this.limits = limits;
    this.nanoTime = nanoTime;
  }

  /**
   * @throws ApiException 429 when the session or the caller's key runs its most statements already,
   *     or all sessions that could make room are busy
   */
  Lease lease(Caller caller, String name) throws ApiException, SQLException, InterruptedException {
    Session session = enter(new Key(caller, name));
    boolean has = false;
    try {
      // A page that is loaded again comes back before its cancelled statement has ended.
      has = session.room.tryAcquire(limits.patience().toNanos(), TimeUnit.NANOSECONDS);
      if (!has) {
        throw busy("this session runs a statement already; cancel it or wait for its end");
      }
      open(session, caller);
      return new Lease(session, sql.places().statement(caller.name()));
    } catch (SqlLimitException e) {
      session.room.release();
      leave(session);
      throw busy(e.getMessage());
    } catch (ApiException | SQLException | InterruptedException | RuntimeException e) {
      if (has) {
        session.room.release();
      }
      leave(session);
      throw e;
    }
  }

  private void open(Session session, Caller caller) throws SQLException {
    synchronized (session) {
      if (session.connection == null) {
        session.connection = sql.open(caller.name());
      }
    }
  }

  private synchronized Session enter(Key key) throws ApiException {
    if (closed) {
      throw new ApiException(503, "server_error", "the server is shutting down", null, null);
    }
    Session session = sessions.get(key);
    if (session == null) {
      session = new Session(limits.statementsPerSession(), place(key.caller()));
      sessions.put(key, session);
    }
    session.users++;
    return session;
  }

  private SqlPlaces.Place place(Caller caller) throws ApiException {
    int share = sql.places().share(limits.sessions());
    if (sessions.keySet().stream().filter(k -> k.caller().equals(caller)).count() >= share) {
      makeRoom(caller, true, "all " + share + " sessions of this key run statements");
    } else if (sessions.size() >= limits.sessions()) {
      makeRoom(caller, false, "all " + sessions.size() + " sessions of the console run statements");
    }
    try {
      return sql.places().session(caller.name());
    } catch (SqlLimitException e) {
      // Other SQL clients have them.
      makeRoom(caller, e.ofKey(), e.getMessage());
    }
    try {
      return sql.places().session(caller.name());
    } catch (SqlLimitException e) {
      throw busy(e.getMessage());
    }
  }

  /** Closes the session idle longest: one of the caller's own, where there is one. */
  private void makeRoom(Caller caller, boolean ownOnly, String otherwise) throws ApiException {
    long now = nanoTime.getAsLong();
    Optional<Map.Entry<Key, Session>> found =
        sessions.entrySet().stream()
            .filter(e -> e.getValue().users == 0)
            .filter(e -> !ownOnly || e.getKey().caller().equals(caller))
            .min(
                Comparator.comparingInt(
                        (Map.Entry<Key, Session> e) -> e.getKey().caller().equals(caller) ? 0 : 1)
                    .thenComparingLong(e -> e.getValue().idleSince - now));
    if (found.isEmpty()) {
      throw busy(otherwise);
    }
    sessions.remove(found.get().getKey());
    close(found.get().getValue());
  }

  private synchronized void leave(Session session) {
    session.users--;
    session.idleSince = nanoTime.getAsLong();
    if (closed && session.users == 0) {
      close(session);
    }
  }

  /** Closes the sessions that had no statement for the limit's time. */
  synchronized void closeIdle() {
    long now = nanoTime.getAsLong();
    sessions
        .values()
        .removeIf(session -> {
          boolean idle = session.users == 0 && now - session.idleSince >= limits.idle().toNanos();
          if (idle) {
            close(session);
          }
          return idle;
        });
  }

  /** Closes all; those with a statement when it ends. */
  @Override
  public synchronized void close() {
    closed = true;
    sessions.values().stream().filter(s -> s.users == 0).forEach(ConsoleSessions::close);
    sessions.clear();
  }

  private static void close(Session session) {
    session.place.close();
    if (session.connection != null) {
      try {
        session.connection.close();
      } catch (SQLException e) {
        // Nothing of it is used again, and its session is forgotten.
        session.connection = null;
      }
    }
  }

  private static ApiException busy(String message) {
    return new ApiException(429, "rate_limit_error", message, null, "rate_limit_exceeded")
        .withHeader("Retry-After", "1");
  }
}
