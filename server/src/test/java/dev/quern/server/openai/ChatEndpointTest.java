package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Routes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChatEndpointTest {
  private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void wholeAnswerHasTextReasonAndUsage() throws Exception {
    var engine = WordByWordEngine.saying("Good ", "day");
    try (var server = start(engine, ApiKeys.NONE)) {
      HttpResponse<String> response = post(server, "{" + HELLO + ",\"max_tokens\":3}");
      assertEquals(200, response.statusCode(), response.body());
      assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
      JsonNode answer = json.readTree(response.body());
      assertEquals("chat.completion", answer.path("object").asText());
      assertEquals("words", answer.path("model").asText());
      JsonNode choice = answer.path("choices").path(0);
      assertEquals("Good day", choice.path("message").path("content").asText());
      assertEquals("assistant", choice.path("message").path("role").asText());
      assertEquals("stop", choice.path("finish_reason").asText());
      assertEquals(
          json.readTree(
              "{\"prompt_tokens\":11,\"completion_tokens\":2,\"total_tokens\":13,"
                  + "\"prompt_tokens_details\":{\"cached_tokens\":8}}"),
          answer.path("usage"));
    }
    var row = engine.submitted.remove().rows().getFirst();
    assertEquals(3, row.options().maxTokens());
    assertTrue(row.priority() > 0, "online requests run before batch rows");
    assertTrue(
        row.prompt() instanceof Prompt.Chat(var messages, _, _)
            && messages.stream().flatMap(m -> m.content().stream()).noneMatch(p -> p.trusted()),
        "a user's text is never trusted");
  }

  @Test
  void streamComesInPiecesAndEndsWithUsageAndDone() throws Exception {
    try (var server = start(WordByWordEngine.saying("Good ", "day"), ApiKeys.NONE)) {
      HttpResponse<String> response =
          post(
              server,
              "{" + HELLO + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
      assertEquals(200, response.statusCode());
      assertTrue(
          response
              .headers()
              .firstValue("Content-Type")
              .orElseThrow()
              .startsWith("text/event-stream"));
      List<String> data = new ArrayList<>();
      response
          .body()
          .lines()
          .filter(l -> !l.isEmpty())
          .forEach(line -> {
            assertTrue(line.startsWith("data: "), line);
            data.add(line.substring(6));
          });
      assertEquals("[DONE]", data.removeLast());
      JsonNode usage = json.readTree(data.removeLast());
      assertEquals(0, usage.path("choices").size());
      assertEquals(8, usage.at("/usage/prompt_tokens_details/cached_tokens").asInt());
      assertEquals(
          "stop", json.readTree(data.removeLast()).at("/choices/0/finish_reason").asText());
      assertEquals(
          "assistant", json.readTree(data.removeFirst()).at("/choices/0/delta/role").asText());
      var text = new StringBuilder();
      for (String piece : data) {
        text.append(json.readTree(piece).at("/choices/0/delta/content").asText());
      }
      assertEquals("Good day", text.toString());
      assertEquals(2, data.size());
    }
  }

  @Test
  void streamThatTheClientLeavesIsCancelled() throws Exception {
    var engine = WordByWordEngine.endless("on and on ");
    try (var server = start(engine, ApiKeys.NONE)) {
      leaveAfterFirstLine(server, "{" + HELLO + ",\"stream\":true}");
      assertTrue(engine.cancelled.await(60, TimeUnit.SECONDS), "the row still runs");
    }
  }

  @Test
  void wholeAnswerThatTheClientLeavesIsCancelled() throws Exception {
    var engine = WordByWordEngine.endless("on and on ");
    try (var server = start(engine, ApiKeys.NONE)) {
      leave(server, "{" + HELLO + "}", engine);
      assertTrue(engine.cancelled.await(60, TimeUnit.SECONDS), "the row still runs");
    }
  }

  @Test
  void promptThatCannotRunIsABadRequestAlsoInAStream() throws Exception {
    var engine =
        new ScriptedEngine(
            new ScriptedEngine.Script(
                (text, options) -> new ScriptedEngine.Reply.Refusal("the prompt is too long"),
                0,
                0));
    try (var server = start(engine, ApiKeys.NONE)) {
      for (String stream : List.of("true", "false")) {
        HttpResponse<String> response = post(server, "{" + HELLO + ",\"stream\":" + stream + "}");
        assertEquals(400, response.statusCode());
        JsonNode error = json.readTree(response.body()).path("error");
        assertEquals("the prompt is too long", error.path("message").asText());
        assertEquals("invalid_request_error", error.path("type").asText());
      }
    }
  }

  @Test
  void engineThatFailsIsA503() throws Exception {
    var engine =
        new ScriptedEngine(
            new ScriptedEngine.Script(
                (text, options) -> new ScriptedEngine.Reply.Failure("device lost"), 0, 0));
    try (var server = start(engine, ApiKeys.NONE)) {
      HttpResponse<String> response = post(server, "{" + HELLO + "}");
      assertEquals(503, response.statusCode());
      assertEquals(
          "the engine failed: device lost",
          json.readTree(response.body()).at("/error/message").asText());
    }
  }

  @Test
  void errorsNameTheField() throws Exception {
    try (var server = start(WordByWordEngine.saying("x"), ApiKeys.NONE)) {
      HttpResponse<String> response = post(server, "{" + HELLO + ",\"n\":300}");
      assertEquals(400, response.statusCode());
      assertEquals("n", json.readTree(response.body()).at("/error/param").asText());
    }
  }

  @Test
  void keysAreAskedForExceptForHealth() throws Exception {
    try (var server = start(WordByWordEngine.saying("x"), new ApiKeys(List.of("k1", "k2")))) {
      assertEquals(200, get(server, "/health", null).statusCode());
      assertEquals(401, get(server, "/v1/models", null).statusCode());
      assertEquals(401, get(server, "/v1/models", "Bearer k3").statusCode());
      HttpResponse<String> models = get(server, "/v1/models", "Bearer k2");
      assertEquals(200, models.statusCode());
      assertEquals("words", json.readTree(models.body()).at("/data/0/id").asText());
      assertEquals(401, post(server, "{" + HELLO + "}").statusCode());
    }
  }

  @Test
  void unknownPathsAndMethodsHaveTheirStatus() throws Exception {
    try (var server = start(WordByWordEngine.saying("x"), ApiKeys.NONE)) {
      assertEquals(404, get(server, "/v1/chat/completions/more", null).statusCode());
      assertEquals(404, get(server, "/", null).statusCode());
      assertEquals(405, get(server, "/v1/chat/completions", null).statusCode());
    }
  }

  @Test
  void bodyOverTheLimitIsRefused() throws Exception {
    try (var server = start(WordByWordEngine.saying("x"), ApiKeys.NONE)) {
      String body = " ".repeat(HttpLimits.DEFAULT.bodyBytes()) + "{" + HELLO + "}";
      assertEquals(413, post(server, body).statusCode());
    }
  }

  private static HttpEndpoint start(GenerateEngine engine, ApiKeys keys) throws Exception {
    var routes = new Routes.Builder();
    new OpenAiRoutes(engine, SamplingDefaults.GREEDY, InstantSource.system()).addTo(routes);
    return HttpEndpoint.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        routes.build(),
        keys,
        HttpLimits.DEFAULT,
        new PrintStream(System.err, true, StandardCharsets.UTF_8));
  }

  private static URI uri(HttpEndpoint server, String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private static HttpResponse<String> post(HttpEndpoint server, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri(server, "/v1/chat/completions"))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static HttpResponse<String> get(HttpEndpoint server, String path, String authorization)
      throws Exception {
    var request = HttpRequest.newBuilder(uri(server, path));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** A client that hangs up once the answer has begun. */
  private static void leaveAfterFirstLine(HttpEndpoint server, String body) throws Exception {
    try (var socket = ask(server, body)) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertEquals("HTTP/1.1 200 OK", in.readLine());
    }
  }

  /** A client that hangs up while its whole answer grows. */
  private static void leave(HttpEndpoint server, String body, WordByWordEngine engine)
      throws Exception {
    try (var _ = ask(server, body)) {
      assertNotNull(engine.submitted.poll(60, TimeUnit.SECONDS));
    }
  }

  private static Socket ask(HttpEndpoint server, String body) throws Exception {
    var socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(bytes);
    return socket;
  }
}
