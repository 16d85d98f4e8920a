package dev.quern.server.clients;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.LocalEngine;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.RunningServer;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What clients talk to: a server with the embedded model that asks for a key, and one without room
 * for any request.
 */
final class ClientServers implements AutoCloseable {
  static final String KEY = "key-of-the-tests";

  private final GenerateEngine engine;
  private final RunningServer server;
  private final RunningServer full;

  ClientServers() {
    var log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    engine =
        LocalEngine.open(
            EngineOptions.parse(Map.of("model", "../executor/embedded-model")), _ -> {});
    server = RunningServer.start(engine, new ApiKeys(List.of(KEY)), HttpLimits.DEFAULT, log);
    full =
        RunningServer.start(
            ScriptedEngine.answering(text -> text),
            ApiKeys.NONE,
            new HttpLimits(1 << 20, 0, 0, 100, Duration.ofSeconds(60), Duration.ofSeconds(1)),
            log);
  }

  String url() {
    return url(server);
  }

  String fullUrl() {
    return url(full);
  }

  private static String url(RunningServer server) {
    return "http://127.0.0.1:" + server.http().getPort();
  }

  @Override
  public void close() {
    server.close();
    full.close();
    engine.close();
  }
}
