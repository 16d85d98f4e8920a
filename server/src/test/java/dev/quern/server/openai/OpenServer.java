package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Routes;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An endpoint with OpenAI's routes on a free port, and its client. */
record OpenServer(HttpEndpoint endpoint, HttpClient client) implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  static OpenServer start(GenerateEngine engine) throws Exception {
    return start(engine, ApiKeys.NONE, HttpLimits.DEFAULT);
  }

  static OpenServer start(GenerateEngine engine, ApiKeys keys, HttpLimits limits) throws Exception {
    var routes = new Routes.Builder();
    new OpenAiRoutes(engine, SamplingDefaults.GREEDY, InstantSource.system()).addTo(routes);
    var endpoint =
        HttpEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            routes.build(),
            keys,
            limits,
            new PrintStream(System.err, true, StandardCharsets.UTF_8));
    return new OpenServer(endpoint, HttpClient.newHttpClient());
  }

  /** Posts JSON. */
  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The JSON of an answer that must be 200. */
  JsonNode ask(String path, String body) throws Exception {
    HttpResponse<String> response = post(path, body);
    assertEquals(200, response.statusCode(), response.body());
    return JSON.readTree(response.body());
  }

  /** The pieces of a stream, which must end with [DONE]; that not among them. */
  List<JsonNode> stream(String path, String body) throws Exception {
    HttpResponse<String> response = post(path, body);
    assertEquals(200, response.statusCode(), response.body());
    List<String> data =
        new ArrayList<>(response.body().lines().filter(line -> !line.isEmpty()).toList());
    assertEquals("data: [DONE]", data.removeLast());
    List<JsonNode> pieces = new ArrayList<>();
    for (String line : data) {
      assertEquals("data: ", line.substring(0, 6));
      pieces.add(JSON.readTree(line.substring(6)));
    }
    return pieces;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
  }

  @Override
  public void close() {
    client.close();
    endpoint.close();
  }
}
