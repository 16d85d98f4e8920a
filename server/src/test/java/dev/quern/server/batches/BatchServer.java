package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.GenerateEngine;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Files and batches over an engine, and a client of them. */
final class BatchServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BatchService service;
  private final HttpEndpoint endpoint;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Whose key the client sends; empty for none. */
  private Optional<String> key = Optional.empty();

  BatchServer(
      Path folder,
      GenerateEngine engine,
      ApiKeys keys,
      BatchLimits limits,
      InstantSource clock,
      JobListener listener)
      throws IOException {
    var log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    List<BatchEndpoint> endpoints =
        new OpenAiRoutes(engine, SamplingDefaults.GREEDY, clock).batchEndpoints();
    service =
        BatchService.open(
            StateFolder.open(folder), engine, endpoints, limits, listener, clock, log);
    var routes = new Routes.Builder();
    service.addTo(routes);
    endpoint =
        HttpEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            routes.build(),
            keys,
            HttpLimits.DEFAULT,
            log);
  }

  static BatchServer start(Path folder, GenerateEngine engine) throws IOException {
    return start(folder, engine, BatchLimits.DEFAULT);
  }

  static BatchServer start(Path folder, GenerateEngine engine, BatchLimits limits)
      throws IOException {
    return new BatchServer(
        folder, engine, ApiKeys.NONE, limits, InstantSource.system(), JobListener.NONE);
  }

  void useKey(String other) {
    key = Optional.of(other);
  }

  /** A line that asks for a chat of one message. */
  static String line(String id, String text, String more) {
    return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\","
            .formatted(id)
        + "\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}}\n"
            .formatted(text, more);
  }

  /** Lines {@code id-0: say 0} and so on. */
  static String lines(int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(line("id-" + i, "say " + i, ""));
    }
    return text.toString();
  }

  HttpResponse<String> send(String method, String path, Optional<String> body) throws Exception {
    var request =
        HttpRequest.newBuilder(uri(path))
            .method(method, body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
  }

  JsonNode get(String path) throws Exception {
    HttpResponse<String> response = send("GET", path, Optional.empty());
    assertEquals(200, response.statusCode(), response.body());
    return JSON.readTree(response.body());
  }

  HttpResponse<String> upload(String filename, String purpose, String content) throws Exception {
    String body =
        "--frontier\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n"
            + purpose
            + "\r\n--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
            + filename
            + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            + content
            + "\r\n--frontier--\r\n";
    return uploadForm(body);
  }

  HttpResponse<String> uploadForm(String body) throws Exception {
    var request =
        HttpRequest.newBuilder(uri("/v1/files"))
            .header("Content-Type", "multipart/form-data; boundary=frontier")
            .POST(BodyPublishers.ofString(body));
    key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The id of a new file. */
  String file(String content) throws Exception {
    HttpResponse<String> response = upload("in.jsonl", "batch", content);
    assertEquals(200, response.statusCode(), response.body());
    return JSON.readTree(response.body()).path("id").asText();
  }

  HttpResponse<String> create(String file) throws Exception {
    return send(
        "POST",
        "/v1/batches",
        Optional.of(
            "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",".formatted(file)
                + "\"completion_window\":\"24h\",\"metadata\":{\"job\":\"nightly\"}}"));
  }

  /** The id of a new batch over these lines. */
  String batch(String content) throws Exception {
    HttpResponse<String> response = create(file(content));
    assertEquals(200, response.statusCode(), response.body());
    return JSON.readTree(response.body()).path("id").asText();
  }

  /** Asks until the batch is as expected; the surrounding test has the time limit. */
  JsonNode await(String batch, Predicate<JsonNode> expected) throws Exception {
    JsonNode now = get("/v1/batches/" + batch);
    while (!expected.test(now)) {
      Thread.sleep(10);
      now = get("/v1/batches/" + batch);
    }
    return now;
  }

  JsonNode awaitStatus(String batch, String status) throws Exception {
    JsonNode ended = await(batch, b -> !ofRunning(b) || b.path("status").asText().equals(status));
    assertEquals(status, ended.path("status").asText(), ended.toString());
    return ended;
  }

  private static boolean ofRunning(JsonNode batch) {
    return !BatchStatus.of(batch.path("status").asText()).last();
  }

  JsonNode awaitCompleted(String batch, int lines) throws Exception {
    return await(batch, b -> b.at("/request_counts/completed").asInt() == lines);
  }

  List<JsonNode> content(JsonNode file) throws Exception {
    HttpResponse<String> response =
        send("GET", "/v1/files/" + file.asText() + "/content", Optional.empty());
    assertEquals(200, response.statusCode(), response.body());
    List<JsonNode> lines = new ArrayList<>();
    for (String line : response.body().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  HttpResponse<String> cancel(String batch) throws Exception {
    return send("POST", "/v1/batches/" + batch + "/cancel", Optional.empty());
  }

  /** Hands the batches back; the server goes on to answer. */
  void stop() {
    service.stop();
  }

  @Override
  public void close() throws IOException {
    client.close();
    endpoint.close();
    service.close();
  }
}
