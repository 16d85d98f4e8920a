package dev.quern.server.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.SessionLimits;
import dev.quern.server.SqlPlaces;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Jobs;
import dev.quern.server.openai.OpenAiRoutes;
import dev.quern.server.openai.SamplingDefaults;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The console and chat on a scripted engine, and a client for them. */
final class ConsoleServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConsoleRoutes console;
  private final HttpEndpoint endpoint;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * @param first adds routes that answer before the console's and the chat's
   */
  ConsoleServer(
      ScriptedEngine scripted, ApiKeys keys, ConsoleLimits limits, Consumer<Routes.Builder> first)
      throws IOException {
    this(scripted, keys, limits, SessionLimits.DEFAULT, first);
  }

  ConsoleServer(
      ScriptedEngine scripted,
      ApiKeys keys,
      ConsoleLimits limits,
      SessionLimits sql,
      Consumer<Routes.Builder> first)
      throws IOException {
    var engine = new TreeEngine(scripted);
    var places = new SqlPlaces(sql, keys.keys().size());
    var sessions = new SqlSessions(new QuernDriver(_ -> engine), places);
    var routes = new Routes.Builder();
    first.accept(routes);
    console = ConsoleRoutes.addTo(routes, sessions, engine, Optional.empty(), limits, Jobs.NONE);
    new OpenAiRoutes(engine, SamplingDefaults.GREEDY, InstantSource.system()).addTo(routes);
    endpoint =
        HttpEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            routes.build(),
            keys,
            HttpLimits.DEFAULT,
            new PrintStream(PrintStream.nullOutputStream()));
  }

  static ConsoleServer of(ScriptedEngine engine) throws IOException {
    return of(engine, ConsoleLimits.DEFAULT);
  }

  static ConsoleServer of(ScriptedEngine engine, ConsoleLimits limits) throws IOException {
    return new ConsoleServer(engine, ApiKeys.NONE, limits, _ -> {});
  }

  String url() {
    return "http://127.0.0.1:" + endpoint.address().getPort();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path));
  }

  static HttpRequest.BodyPublisher body(ObjectNode json) {
    return HttpRequest.BodyPublishers.ofString(json.toString());
  }

  static ObjectNode sql(String sql) {
    return JsonNodeFactory.instance.objectNode().put("sql", sql).put("session", "test");
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, ObjectNode json) throws IOException, InterruptedException {
    return send(request(path).POST(body(json)));
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(request(path)).body());
  }

  static JsonNode read(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  /** All events of statements that run to their end. */
  List<JsonNode> run(String sql) throws IOException, InterruptedException {
    try (var events = start(sql)) {
      return events.rest();
    }
  }

  Events start(String sql) throws IOException, InterruptedException {
    return start(request("/quern/v1/sql").POST(body(sql(sql))));
  }

  Events start(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<Stream<String>> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
    if (response.statusCode() != 200) {
      try (var lines = response.body()) {
        throw new AssertionError(response.statusCode() + " " + lines.toList());
      }
    }
    return new Events(response.body());
  }

  /** Events as they come; closing leaves. */
  static final class Events implements AutoCloseable {
    private final Stream<String> lines;
    private final Iterator<String> data;

    private Events(Stream<String> lines) {
      this.lines = lines;
      this.data = lines.filter(l -> l.startsWith("data: ")).iterator();
    }

    /** The next event of a type; those before it are passed over. */
    JsonNode next(String type) throws IOException {
      while (data.hasNext()) {
        JsonNode event = JSON.readTree(data.next().substring(6));
        if (event.path("type").asText().equals(type)) {
          return event;
        }
      }
      throw new AssertionError("no event of type " + type);
    }

    List<JsonNode> rest() throws IOException {
      List<JsonNode> events = new java.util.ArrayList<>();
      while (data.hasNext()) {
        events.add(JSON.readTree(data.next().substring(6)));
      }
      return events;
    }

    @Override
    public void close() {
      lines.close();
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
    endpoint.close();
    console.close();
  }
}
