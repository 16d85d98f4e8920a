package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChatEndpointTest {
  private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

  private static final String CHAT = "/v1/chat/completions";

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void wholeAnswerHasTextReasonAndUsage() throws Exception {
    var engine = WordByWordEngine.saying("Good ", "day");
    try (var server = OpenServer.start(engine)) {
      HttpResponse<String> response = server.post(CHAT, "{" + HELLO + ",\"max_tokens\":3}");
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
    try (var server = OpenServer.start(WordByWordEngine.saying("Good ", "day"))) {
      HttpResponse<String> response =
          server.post(
              CHAT, "{" + HELLO + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
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
    try (var server = OpenServer.start(engine)) {
      leaveAfterFirstLine(server, "{" + HELLO + ",\"stream\":true}");
      assertTrue(engine.cancelled.await(60, TimeUnit.SECONDS), "the row still runs");
    }
  }

  @Test
  void wholeAnswerThatTheClientLeavesIsCancelled() throws Exception {
    var engine = WordByWordEngine.endless("on and on ");
    try (var server = OpenServer.start(engine)) {
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
    try (var server = OpenServer.start(engine)) {
      for (String stream : List.of("true", "false")) {
        HttpResponse<String> response =
            server.post(CHAT, "{" + HELLO + ",\"stream\":" + stream + "}");
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
    try (var server = OpenServer.start(engine)) {
      HttpResponse<String> response = server.post(CHAT, "{" + HELLO + "}");
      assertEquals(503, response.statusCode());
      assertEquals(
          "the engine failed: device lost",
          json.readTree(response.body()).at("/error/message").asText());
    }
  }

  @Test
  void errorsNameTheField() throws Exception {
    try (var server = OpenServer.start(WordByWordEngine.saying("x"))) {
      HttpResponse<String> response = server.post(CHAT, "{" + HELLO + ",\"n\":300}");
      assertEquals(400, response.statusCode());
      assertEquals("n", json.readTree(response.body()).at("/error/param").asText());
    }
  }

  @Test
  void keysAreAskedForExceptForHealth() throws Exception {
    try (var server =
        OpenServer.start(
            WordByWordEngine.saying("x"), new ApiKeys(List.of("k1", "k2")), HttpLimits.DEFAULT)) {
      assertEquals(200, server.get("/health").statusCode());
      assertEquals(401, server.get("/v1/models").statusCode());
      assertEquals(401, server.get("/v1/models", "Authorization", "Bearer k3").statusCode());
      HttpResponse<String> models = server.get("/v1/models", "Authorization", "Bearer k2");
      assertEquals(200, models.statusCode());
      assertEquals("words", json.readTree(models.body()).at("/data/0/id").asText());
      assertEquals(401, server.post(CHAT, "{" + HELLO + "}").statusCode());
    }
  }

  @Test
  void unknownPathsAndMethodsHaveTheirStatus() throws Exception {
    try (var server = OpenServer.start(WordByWordEngine.saying("x"))) {
      assertEquals(404, server.get("/v1/chat/completions/more").statusCode());
      assertEquals(404, server.get("/").statusCode());
      assertEquals(405, server.get("/v1/chat/completions").statusCode());
    }
  }

  @Test
  void bodyOverTheLimitIsRefused() throws Exception {
    try (var server = OpenServer.start(WordByWordEngine.saying("x"))) {
      String body = " ".repeat(HttpLimits.DEFAULT.bodyBytes()) + "{" + HELLO + "}";
      assertEquals(413, server.post(CHAT, body).statusCode());
    }
  }

  /** A client that hangs up once the answer has begun. */
  private static void leaveAfterFirstLine(OpenServer server, String body) throws Exception {
    try (var socket = ask(server, body)) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertEquals("HTTP/1.1 200 OK", in.readLine());
    }
  }

  /** A client that hangs up while its whole answer grows. */
  private static void leave(OpenServer server, String body, WordByWordEngine engine)
      throws Exception {
    try (var _ = ask(server, body)) {
      assertNotNull(engine.submitted.poll(60, TimeUnit.SECONDS));
    }
  }

  private static Socket ask(OpenServer server, String body) throws Exception {
    var socket =
        new Socket(InetAddress.getLoopbackAddress(), server.endpoint().address().getPort());
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
