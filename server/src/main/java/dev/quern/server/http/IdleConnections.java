package dev.quern.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes connections beyond the most, and those on which no whole head of a request arrives in
 * time: of clients that send theirs byte by byte, and those kept alive for nothing. A connection's
 * calls come in its own event loop.
 */
final class IdleConnections {
  /** Requests that run on a connection, and the timer that ends it while there are none. */
  private static final class State {
    private int requests;
    private long timer;
  }

  private final Vertx vertx;
  private final int most;
  private final Duration idle;
  private final Map<HttpConnection, State> open = new ConcurrentHashMap<>();

  IdleConnections(Vertx vertx, int most, Duration idle) {
    this.vertx = vertx;
    this.most = most;
    this.idle = idle;
  }

  void opened(HttpConnection connection) {
    var state = new State();
    open.put(connection, state);
    connection.closeHandler(_ -> {
      open.remove(connection);
      vertx.cancelTimer(state.timer);
    });
    if (open.size() > most) {
      connection.close();
      return;
    }
    await(connection, state);
  }

  void requestBegan(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null) {
      state.requests++;
      vertx.cancelTimer(state.timer);
    }
  }

  void requestEnded(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null && --state.requests == 0) {
      await(connection, state);
    }
  }

  private void await(HttpConnection connection, State state) {
    state.timer = vertx.setTimer(idle.toMillis(), _ -> connection.close());
  }
}
