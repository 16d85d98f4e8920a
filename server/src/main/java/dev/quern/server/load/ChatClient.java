package dev.quern.server.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends streamed chats and takes the time of their server-sent events. For many threads. */
final class ChatClient implements AutoCloseable {
  /** No answer of a server that works takes so long. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final LoadTarget target;
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = connections();

  ChatClient(LoadTarget target) {
    this.target = target;
  }

  private static HttpClient connections() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  /** Asks and reads to the end. */
  Outcome ask(String prompt, int generateTokens) throws InterruptedException {
    return ask(http, prompt, generateTokens, PATIENCE.toNanos());
  }

  /** Asks, and hangs up after so many nanoseconds if the answer is not whole by then. */
  Outcome ask(String prompt, int generateTokens, long leaveAfter) throws InterruptedException {
    // Connections of its own: the JDK's cancel ends the request's connection also where that is
    // back in the pool, and another thread's request is on it already.
    HttpClient own = connections();
    try {
      return ask(own, prompt, generateTokens, leaveAfter);
    } finally {
      own.shutdownNow();
    }
  }

  private Outcome ask(HttpClient http, String prompt, int generateTokens, long leaveAfter)
      throws InterruptedException {
    long sent = System.nanoTime();
    CompletableFuture<HttpResponse<InputStream>> asked =
        http.sendAsync(request(prompt, generateTokens), HttpResponse.BodyHandlers.ofInputStream());
    try {
      HttpResponse<InputStream> response = asked.get(leaveAfter, TimeUnit.NANOSECONDS);
      try (InputStream body = response.body()) {
        return response.statusCode() == 200
            ? read(body, sent, leaveAfter)
            : new Outcome.Failed(
                Integer.toString(response.statusCode()),
                new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (TimeoutException e) {
      asked.cancel(true); // ends the connection
      return new Outcome.Left();
    } catch (ExecutionException e) {
      return new Outcome.Failed("connection", String.valueOf(e.getCause()));
    } catch (IOException e) {
      return new Outcome.Failed("stream", e.toString());
    } catch (InterruptedException e) {
      asked.cancel(true);
      throw e;
    }
  }

  private HttpRequest request(String prompt, int generateTokens) {
    ObjectNode body =
        json.createObjectNode()
            .put("stream", true)
            .put("max_tokens", generateTokens)
            .put("min_tokens", generateTokens)
            .put("temperature", 0);
    body.putObject("stream_options").put("include_usage", true);
    body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    var request =
        HttpRequest.newBuilder(target.chat())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    target.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request.build();
  }

  private Outcome read(InputStream body, long sent, long leaveAfter) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    long first = -1;
    long last = -1;
    JsonNode usage = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      long now = System.nanoTime() - sent;
      if (now >= leaveAfter) {
        return new Outcome.Left();
      }
      if (line.equals("data: [DONE]")) {
        return usage == null
            ? new Outcome.Failed("stream", "the stream has no usage")
            : answered(first < 0 ? now : first, last < 0 ? now : last, now, usage);
      }
      if (!line.startsWith("data: ")) {
        continue;
      }
      JsonNode event = json.readTree(line.substring("data: ".length()));
      if (event.hasNonNull("error")) {
        return new Outcome.Failed("stream", event.path("error").path("message").asText());
      }
      if (!event.at("/choices/0/delta/content").asText().isEmpty()) {
        first = first < 0 ? now : first;
        last = now;
      }
      usage = event.hasNonNull("usage") ? event.path("usage") : usage;
    }
    return new Outcome.Failed("stream", "the stream ended without [DONE]");
  }

  private static Outcome answered(long first, long last, long end, JsonNode usage) {
    return new Outcome.Answered(
        first,
        last,
        end,
        usage.path("prompt_tokens").asInt(),
        usage.at("/prompt_tokens_details/cached_tokens").asInt(),
        usage.path("completion_tokens").asInt());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
