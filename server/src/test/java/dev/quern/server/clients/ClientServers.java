package dev.quern.server.clients;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.LocalEngine;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Routes;
import dev.quern.server.openai.OpenAiRoutes;
import dev.quern.server.openai.SamplingDefaults;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What clients talk to: a server with the embedded model that asks for a key, and one without room
 * for any request.
 */
final class ClientServers implements AutoCloseable {
  static final String KEY = "key-of-the-tests";

  private final GenerateEngine engine;
  private final HttpEndpoint server;
  private final HttpEndpoint full;

  ClientServers() throws IOException {
    engine =
        LocalEngine.open(
            EngineOptions.parse(Map.of("model", "../executor/embedded-model")), _ -> {});
    server = start(engine, new ApiKeys(List.of(KEY)), HttpLimits.DEFAULT);
    full =
        start(
            ScriptedEngine.answering(text -> text),
            ApiKeys.NONE,
            new HttpLimits(1 << 20, 0, 0, Duration.ofSeconds(60), Duration.ofSeconds(1)));
  }

  String url() {
    return url(server);
  }

  String fullUrl() {
    return url(full);
  }

  private static String url(HttpEndpoint endpoint) {
    return "http://127.0.0.1:" + endpoint.address().getPort();
  }

  private static HttpEndpoint start(GenerateEngine engine, ApiKeys keys, HttpLimits limits)
      throws IOException {
    var routes = new Routes.Builder();
    new OpenAiRoutes(engine, SamplingDefaults.GREEDY, InstantSource.system()).addTo(routes);
    return HttpEndpoint.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        routes.build(),
        keys,
        limits,
        new PrintStream(System.err, true, StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.close();
    full.close();
    engine.close();
  }
}
