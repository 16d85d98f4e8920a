package dev.quern.server.flight;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.server.SessionLimits;
import dev.quern.server.SqlPlaces;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.metrics.Jobs;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A server on a scripted engine, and clients of it. */
record TestServer(FlightEndpoint endpoint, ScriptedEngine engine, SqlPlaces places)
    implements AutoCloseable {

  /** Answers in angle brackets; REFUSE fails the row, SILENCE never answers. */
  static ScriptedEngine scripted() {
    return new ScriptedEngine(
        new ScriptedEngine.Script(
            (text, options) ->
                text.contains("REFUSE")
                    ? new Reply.Refusal("refused")
                    : text.contains("SILENCE")
                        ? new Reply.Silence()
                        : new Reply.Text("<" + text + ">"),
            0,
            0));
  }

  static TestServer start() throws IOException {
    return start(SessionLimits.DEFAULT, List.of(), FileAccess.none());
  }

  static TestServer startOn(Path folder) throws IOException {
    return start(SessionLimits.DEFAULT, List.of(), FileAccess.under(folder));
  }

  static TestServer start(SessionLimits limits, List<String> keys, FileAccess files)
      throws IOException {
    return start(limits, keys, files, Jobs.NONE);
  }

  static TestServer start(SessionLimits limits, List<String> keys, FileAccess files, Jobs jobs)
      throws IOException {
    ScriptedEngine engine = scripted();
    var places = new SqlPlaces(limits, keys.size());
    var sql =
        SqlSessions.on(
            engine,
            EngineOptions.DEFAULT,
            files,
            options -> {
              throw new AssertionError("no other model is asked for");
            },
            limits.models(),
            places);
    return new TestServer(
        FlightEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            sql,
            new ApiKeys(keys),
            Optional.empty(),
            limits,
            jobs,
            "1.2.3",
            new PrintStream(System.err, true, StandardCharsets.UTF_8)),
        engine,
        places);
  }

  /**
   * Waits until the server holds no Arrow memory: a put's is given back by the thread that has just
   * answered the client.
   *
   * @param when what was done before, for the failure's message
   */
  void awaitNoMemory(String when) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (endpoint.memory() > 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError(when + ": " + endpoint.memory() + " bytes are not given back");
      }
      Thread.sleep(1);
    }
  }

  /** A connection of the Flight SQL driver. */
  Connection connect() throws SQLException {
    return connect(new Properties());
  }

  Connection connect(Properties properties) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:arrow-flight-sql://127.0.0.1:" + endpoint.port() + "/?useEncryption=false",
        properties);
  }

  /** Fails where memory was not given back. */
  @Override
  public void close() {
    endpoint.close();
  }
}
