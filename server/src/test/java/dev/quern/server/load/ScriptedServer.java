package dev.quern.server.load;

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
import java.util.Optional;

/** A server whose answers have four words, a word being a token. */
public record ScriptedServer(ScriptedEngine engine, HttpEndpoint endpoint)
    implements AutoCloseable {
  public static final String KEY = "the key";

  /**
   * @param delayMillis time that each answer takes
   * @param requests most at once
   */
  public static ScriptedServer start(int delayMillis, int requests) throws IOException {
    var engine =
        new ScriptedEngine(
            new ScriptedEngine.Script(
                (text, options) -> new ScriptedEngine.Reply.Text("one two three four"),
                delayMillis,
                0));
    var routes = new Routes.Builder();
    new OpenAiRoutes(engine, SamplingDefaults.GREEDY, InstantSource.system()).addTo(routes);
    var endpoint =
        HttpEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            routes.build(),
            new ApiKeys(List.of(KEY)),
            new HttpLimits(
                1 << 20, requests, requests, 4096, Duration.ofSeconds(60), Duration.ofSeconds(5)),
            new PrintStream(System.err, true, StandardCharsets.UTF_8));
    return new ScriptedServer(engine, endpoint);
  }

  public String url() {
    return "http://127.0.0.1:" + endpoint.address().getPort();
  }

  @Override
  public void close() {
    endpoint.close();
    engine.close();
  }
}
