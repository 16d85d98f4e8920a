package dev.quern.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The endpoint around handlers of the test. */
@Timeout(120)
class HttpEndpointTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** The grace time is also what a cancelled handler has for its answer. */
  private static final HttpLimits SMALL =
      new HttpLimits(1000, 2, 1, 100, LONG, Duration.ofSeconds(2));

  private static final int LARGE_BYTES = 64 << 20;

  private final Semaphore entered = new Semaphore(0);
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @Test
  void segmentsAndQueryReachTheHandler() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      assertEquals("a b/x", get(server, "/echo/a%20b?q=x&q=y").body());
      assertEquals(404, get(server, "/echo/a/b").statusCode());
      assertEquals(404, get(server, "/echo/%zz/b").statusCode());
    }
  }

  @Test
  void headIsGetWithoutItsBody() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      String answer = raw(server, "HEAD /echo/a?q=x HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("content-length: 3"), answer);
      assertTrue(answer.endsWith("\n\n"), answer);
    }
  }

  @Test
  void otherMethodsAreToldWhatThePathTakes() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      HttpResponse<String> response = post(server, "/echo/a", "{}");
      assertEquals(405, response.statusCode());
      assertEquals("GET", response.headers().firstValue("Allow").orElseThrow());
    }
  }

  @Test
  void crowdIsToldToComeBack() throws Exception {
    try (var server = start(SMALL, new ApiKeys(List.of("a", "b", "c")))) {
      var first = postAsync(server, "a");
      entered.acquire();
      HttpResponse<String> sameKey = postAsync(server, "a").get();
      assertEquals(429, sameKey.statusCode());
      assertEquals("1", sameKey.headers().firstValue("Retry-After").orElseThrow());
      assertTrue(sameKey.body().contains("rate_limit_exceeded"), sameKey.body());
      var second = postAsync(server, "b");
      entered.acquire();
      assertEquals(429, postAsync(server, "c").get().statusCode());
      assertEquals(200, get(server, "/health").statusCode());
      go.countDown();
      assertEquals(200, first.get().statusCode());
      assertEquals(200, second.get().statusCode());
      assertEquals(200, postAsync(server, "c").get().statusCode());
    }
  }

  @Test
  void connectionsBeyondTheMostAreClosedUntilOneEnds() throws Exception {
    var unhurried = new HttpLimits(1000, 2, 2, 2, Duration.ofMinutes(1), Duration.ofMillis(200));
    try (var server = start(unhurried, ApiKeys.NONE);
        var first = health(server)) {
      assertEquals("HTTP/1.1 200 OK", line(first));
      try (var second = health(server);
          var third = health(server)) {
        assertEquals("HTTP/1.1 200 OK", line(second));
        assertNull(line(third));
      }
      // The server hears of the second's end a little later.
      String answer = null;
      while (answer == null) {
        try (var next = health(server)) {
          answer = line(next);
        }
      }
      assertEquals("HTTP/1.1 200 OK", answer);
    }
  }

  /** A connection that is kept, on which one request is sent. */
  private static Socket health(HttpEndpoint server) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket
        .getOutputStream()
        .write(
            "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** The first line of the answer; null where the server closed instead. */
  private static String line(Socket socket) throws IOException {
    try {
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    } catch (SocketException e) {
      return null; // closed with the request unread
    }
  }

  @Test
  void clientThatLeavesIsNoticedWhileItsHandlerIsSilent() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
        socket.getOutputStream().write(wait("Host: localhost"));
        entered.acquire();
      }
      assertTrue(gone.await(60, TimeUnit.SECONDS), "nobody noticed");
      go.countDown();
    }
  }

  @Test
  void closingWaitsForTheGraceTimeAndThenCancels() throws Exception {
    var server = start(SMALL, ApiKeys.NONE);
    var request = postAsync(server, "a");
    entered.acquire();
    Thread closer = Thread.ofVirtual().start(server::close);
    assertTrue(gone.await(60, TimeUnit.SECONDS), "the request was not cancelled");
    go.countDown();
    closer.join();
    assertEquals(200, request.get().statusCode(), "its handler still answered");
    assertThrows(IOException.class, () -> get(server, "/health"));
  }

  @Test
  void closingLetsAnAnswerThroughThatIsOnItsWay() throws Exception {
    var server = start(HttpLimits.DEFAULT, ApiKeys.NONE);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              "GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertEquals('H', socket.getInputStream().read());
      Thread closer = Thread.ofVirtual().start(server::close);
      while (takesRequests(server)) {
        Thread.sleep(5);
      }
      long rest = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      assertTrue(rest > LARGE_BYTES, rest + " bytes");
      closer.join();
    }
  }

  private static boolean takesRequests(HttpEndpoint server) throws Exception {
    try {
      return get(server, "/echo/a").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void bodyThatDoesNotComeIsGivenUp() throws Exception {
    // The answer has as long to leave, whatever else the machine does.
    var hasty = new HttpLimits(1000, 2, 1, 100, Duration.ofSeconds(2), LONG);
    try (var server = start(hasty, ApiKeys.NONE)) {
      String answer =
          raw(server, "POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
      assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
    }
  }

  @Test
  void bodyThatGrowsOverTheLimitIsRefused() throws Exception {
    try (var server = start(SMALL, ApiKeys.NONE)) {
      String chunk = "3e8\r\n" + "x".repeat(1000) + "\r\n";
      String answer =
          raw(
              server,
              "POST /wait HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + chunk
                  + chunk);
      assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
    }
  }

  @Test
  void whatIsNoHttpIsRefused() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      assertEquals("400", raw(server, "hello\r\n\r\n").split(" ")[1]);
      assertEquals(
          "414", raw(server, "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n").split(" ")[1]);
      assertEquals(
          "431",
          raw(server, "GET / HTTP/1.1\r\nA: " + "x".repeat(100_000) + "\r\n\r\n").split(" ")[1]);
    }
  }

  @Test
  void pagesOfOtherSitesAreKeptOut() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      int port = server.address().getPort();
      assertEquals("200", status(server, "Host: localhost:" + port));
      assertEquals("200", status(server, "Host: [::1]:" + port));
      assertEquals(
          "200",
          status(server, "Host: localhost:" + port + "\r\nOrigin: http://localhost:" + port));
      assertEquals("403", status(server, "Host: evil.example:" + port));
      assertEquals(
          "403", status(server, "Host: localhost:" + port + "\r\nOrigin: http://evil.example"));
      assertEquals("403", status(server, "Host: localhost:" + port + "\r\nOrigin: null"));
    }
  }

  @Test
  void withKeysAProxyMayUseItsOwnName() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, new ApiKeys(List.of("k")))) {
      assertEquals("200", status(server, "Host: ai.example\r\nOrigin: https://ai.example"));
    }
  }

  @Test
  void handlerThatBreaksIsA500AndLogged() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, new ApiKeys(List.of("sesame")))) {
      var request =
          HttpRequest.newBuilder(uri(server, "/break"))
              .header("Authorization", "Bearer sesame")
              .build();
      try (var client = HttpClient.newHttpClient()) {
        assertEquals(500, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
      }
    }
    String log = logged.toString(StandardCharsets.UTF_8);
    assertTrue(log.contains("/break"), log);
    assertFalse(log.contains("sesame"), log);
  }

  @Test
  void errorOfAHandlerIsAnsweredToo() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      HttpResponse<String> response = get(server, "/overflow");
      assertEquals(500, response.statusCode());
      assertFalse(response.body().contains("StackOverflow"), response.body());
      assertEquals(200, get(server, "/health").statusCode());
    }
    assertTrue(logged.toString(StandardCharsets.UTF_8).contains("StackOverflowError"));
  }

  @Test
  void keyIsAskedForBeforeTheBody() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, new ApiKeys(List.of("k")))) {
      String head = "POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n";
      assertEquals("401", raw(server, head + "{").split(" ")[1]);
      assertEquals(
          "200",
          raw(server, "GET /echo/a HTTP/1.1\r\nHost: localhost\r\n\r\n").split(" ")[1],
          "an open path needs none");
    }
  }

  @Test
  void schemeOfTheKeyIsReadInAnyCase() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, new ApiKeys(List.of("k")))) {
      String answer =
          raw(
              server,
              "GET /overflow HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer k\r\n\r\n");
      assertEquals("500", answer.split(" ")[1]);
    }
  }

  @Test
  void clientThatWaitsToSendItsBodyIsTold() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      String answer =
          raw(
              server,
              new String(wait("Host: localhost\r\nExpect: 100-continue"), StandardCharsets.US_ASCII)
                  .replace("{}", ""));
      assertEquals("100", answer.split(" ")[1]);
      go.countDown();
    }
  }

  @Test
  void portInUseIsSaid() throws Exception {
    try (var server = start(HttpLimits.DEFAULT, ApiKeys.NONE)) {
      var e =
          assertThrows(
              IOException.class,
              () ->
                  HttpEndpoint.start(
                      server.address(),
                      Optional.empty(),
                      new Routes.Builder().build(),
                      ApiKeys.NONE,
                      HttpLimits.DEFAULT,
                      System.err));
      assertTrue(e.getCause() instanceof BindException, e.toString());
    }
  }

  private HttpEndpoint start(HttpLimits limits, ApiKeys keys) throws Exception {
    var routes =
        new Routes.Builder()
            .addOpen(
                "GET",
                "/health",
                (_, reply) -> reply.send(200, JsonNodeFactory.instance.objectNode()))
            .addOpen(
                "GET",
                "/echo/{what}",
                (request, reply) ->
                    reply.send(
                        200,
                        "text/plain",
                        (request.parameters().get("what") + "/" + request.query().get("q"))
                            .getBytes(StandardCharsets.UTF_8)))
            .addOpen(
                "GET",
                "/large",
                (_, reply) -> reply.send(200, "application/octet-stream", new byte[LARGE_BYTES]))
            .add(
                "GET",
                "/break",
                (_, _) -> {
                  throw new IllegalStateException("broken");
                })
            .add(
                "GET",
                "/overflow",
                (_, _) -> {
                  throw new StackOverflowError("deep");
                })
            .add(
                "POST",
                "/wait",
                (_, reply) -> {
                  reply.onGone(gone::countDown);
                  entered.release();
                  go.await();
                  reply.send(200, JsonNodeFactory.instance.objectNode());
                })
            .build();
    return HttpEndpoint.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        routes,
        keys,
        limits,
        new PrintStream(logged, true, StandardCharsets.UTF_8));
  }

  private static URI uri(HttpEndpoint server, String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private static HttpResponse<String> get(HttpEndpoint server, String path) throws Exception {
    if (path.contains("%zz")) {
      // The client's own check would refuse it.
      String answer = raw(server, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
      return get(server, "/nowhere");
    }
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri(server, path)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static HttpResponse<String> post(HttpEndpoint server, String path, String body)
      throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri(server, path))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static CompletableFuture<HttpResponse<String>> postAsync(
      HttpEndpoint server, String key) {
    return HttpClient.newHttpClient()
        .sendAsync(
            HttpRequest.newBuilder(uri(server, "/wait"))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] wait(String headers) {
    return ("POST /wait HTTP/1.1\r\n" + headers + "\r\nContent-Length: 2\r\n\r\n{}")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String status(HttpEndpoint server, String headers) throws Exception {
    return raw(server, "GET /echo/a HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
        .split(" ")[1];
  }

  /** The head of the answer to bytes that no client would send. */
  private static String raw(HttpEndpoint server, String text) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      var head = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        head.append(line).append('\n');
        if (line.isEmpty()) {
          break;
        }
      }
      return head.toString();
    }
  }
}
