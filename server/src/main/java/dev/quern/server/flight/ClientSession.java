package dev.quern.server.flight;

import dev.quern.server.SessionLimits;
import dev.quern.server.SqlPlaces;
import dev.quern.sql.arrow.ArrowStatement;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.run.QueryControl;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;

/**
 * One client's SQL session: a connection as the embedded driver opens it, the statements that the
 * client holds, and the results that it has not fetched yet.
 */
final class ClientSession {
  /** Statements and unfetched results; more is a client that closes nothing. */
  private static final int MOST_HANDLES = 256;

  private final String id = UUID.randomUUID().toString();
  private final String principal;
  private final QuernConnection connection;
  private final SqlPlaces.Place place;
  private final Map<String, Statement> statements = new ConcurrentHashMap<>();
  private final Map<String, Execution> executions =
      Collections.synchronizedMap(new LinkedHashMap<>());
  private final Set<QueryControl> running = ConcurrentHashMap.newKeySet();
  private final Set<ClientSessions.Link> links = new HashSet<>();
  private final ParameterMemory memory =
      new ParameterMemory(() ->
          Stream.concat(
              statements.values().stream().map(Statement::bound),
              unended().stream().map(Execution::values)));
  private int calls;
  private boolean closed;
  private boolean overdue;
  private boolean released;
  private boolean roams;
  private long lastCall = System.nanoTime();

  /**
   * @param place given back when the session has ended
   */
  ClientSession(String principal, QuernConnection connection, SqlPlaces.Place place) {
    this.principal = principal;
    this.connection = connection;
    this.place = place;
  }

  /** What the client's cookie names; nobody can guess it. */
  String id() {
    return id;
  }

  String principal() {
    return principal;
  }

  QuernConnection connection() {
    return connection;
  }

  /** Of the parameters that it keeps. */
  ParameterMemory memory() {
    return memory;
  }

  /** The client calls over this connection. */
  synchronized void attach(ClientSessions.Link link) {
    links.add(link);
  }

  /** The client has returned the cookie: it finds the session over other connections too. */
  synchronized void roam() {
    roams = true;
  }

  /** A connection has ended; true where no one can come back to the session. */
  synchronized boolean detach(ClientSessions.Link link) {
    links.remove(link);
    lastCall = System.nanoTime();
    return links.isEmpty() && !roams;
  }

  /** Whether its client has been without a connection for so long. */
  synchronized boolean abandoned(Duration grace) {
    return links.isEmpty() && System.nanoTime() - lastCall > grace.toNanos();
  }

  /** Begins a call, during which the session does not end; false where it has ended. */
  synchronized boolean enter() {
    if (!closed) {
      calls++;
    }
    return !closed;
  }

  /** Ends what {@link #enter} began. */
  void leave() {
    boolean late;
    synchronized (this) {
      calls--;
      lastCall = System.nanoTime();
      notifyAll();
      late = overdue && calls == 0;
    }
    if (late) {
      release();
    }
  }

  /** Something that runs as a call of the session. */
  <T> T call(Supplier<T> work) {
    if (!enter()) {
      throw FlightErrors.exception(CallStatus.NOT_FOUND, "the session has ended");
    }
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      throw error(e);
    } finally {
      leave();
    }
  }

  /** A failure of the session as Flight tells it. */
  FlightRuntimeException error(Throwable failure) {
    return FlightErrors.of(failure, connection);
  }

  /** Runs something that the session's end cancels. */
  <T> T running(QueryControl control, Supplier<T> work) {
    return call(() -> {
      running.add(control);
      if (stopped()) {
        // Perhaps after those that run were cancelled.
        control.cancel();
      }
      try {
        return work.get();
      } finally {
        running.remove(control);
      }
    });
  }

  /** Plans a statement that counts until it is closed. */
  Statement plan(String sql) {
    return new Statement(ArrowStatement.prepare(connection.session(), sql));
  }

  /** Keeps a statement for the client and gives its handle. */
  String keep(Statement statement) {
    if (statements.size() >= MOST_HANDLES) {
      throw FlightErrors.exception(
          CallStatus.RESOURCE_EXHAUSTED,
          "the session holds " + MOST_HANDLES + " prepared statements; close some");
    }
    String handle = UUID.randomUUID().toString();
    statements.put(handle, statement);
    return handle;
  }

  /** Keeps a result for the client to fetch; of too many, the first is dropped. */
  String keep(Execution execution) {
    String handle = UUID.randomUUID().toString();
    executions.put(handle, execution);
    if (executions.size() > MOST_HANDLES) {
      List<String> handles;
      synchronized (executions) {
        handles = List.copyOf(executions.keySet());
      }
      handles.stream()
          .filter(old -> execution(old).filter(Execution::discard).isPresent())
          .findFirst()
          .ifPresent(executions::remove);
    }
    return handle;
  }

  /**
   * @throws FlightRuntimeException NOT_FOUND for an unknown handle
   */
  Statement statement(String handle) {
    return found(statements.get(handle), "prepared statement", handle);
  }

  /** Takes a statement away from the client, for the caller to close. */
  Optional<Statement> removeStatement(String handle) {
    return Optional.ofNullable(statements.remove(handle));
  }

  /** A result that was not fetched, or that is being fetched. */
  Optional<Execution> execution(String handle) {
    return Optional.ofNullable(executions.get(handle));
  }

  void removeExecution(String handle) {
    executions.remove(handle);
  }

  static <T> T found(T value, String what, String handle) {
    if (value == null) {
      String shown = handle.length() > 80 ? handle.substring(0, 80) + ".." : handle;
      throw FlightErrors.exception(
          CallStatus.NOT_FOUND,
          "there is no "
              + what
              + " '"
              + shown
              + "' in this session; it was fetched or closed, or the session ended");
    }
    return value;
  }

  /** Calls that are under way. */
  synchronized int calls() {
    return calls;
  }

  /** Whether no call came for so long. */
  synchronized boolean idle(SessionLimits limits) {
    return calls == 0 && System.nanoTime() - lastCall > limits.idle().toNanos();
  }

  /** Whether the session has ended, or ends as soon as its calls have. */
  synchronized boolean stopped() {
    return closed;
  }

  /** Cancels what runs, and lets no call begin. */
  void stop() {
    synchronized (this) {
      closed = true;
    }
    unended().forEach(Execution::cancel);
    running.forEach(QueryControl::cancel);
  }

  private List<Execution> unended() {
    synchronized (executions) {
      return List.copyOf(executions.values());
    }
  }

  /**
   * Cancels what runs, waits for its end, and ends the session. Where that takes longer than the
   * patience, the end of the last call ends the session.
   */
  void close(Duration patience) {
    stop();
    boolean interrupted = awaitCalls(System.nanoTime() + patience.toNanos());
    try {
      release();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized boolean awaitCalls(long end) {
    boolean interrupted = false;
    long left = end - System.nanoTime();
    while (calls > 0 && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        // Running statements use the session's memory.
        interrupted = true;
      }
      left = end - System.nanoTime();
    }
    overdue = calls > 0;
    return interrupted;
  }

  /** Gives back what the session holds, once and when no call needs it. */
  private void release() {
    synchronized (this) {
      if (released || calls > 0) {
        return;
      }
      released = true;
    }
    unended().forEach(Execution::discard);
    statements.values().forEach(Statement::close);
    try (var _ = place) {
      connection.close();
    } catch (SQLException e) {
      throw FlightErrors.of(e);
    }
  }
}
