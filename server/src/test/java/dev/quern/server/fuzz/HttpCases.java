package dev.quern.server.fuzz;

import dev.quern.server.fuzz.WireCase.Pause;
import dev.quern.server.fuzz.WireCase.Reset;
import dev.quern.server.fuzz.WireCase.Send;
import dev.quern.server.fuzz.WireCase.Step;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes cases for an HTTP port from a seed.
 *
 * @param bodyLimit largest body that the server takes
 */
record HttpCases(int bodyLimit) {
  private static final List<String> PATHS =
      List.of(
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/models",
          "/v1/models/none",
          "/v1/files",
          "/v1/files/none",
          "/v1/files/none/content",
          "/v1/batches",
          "/v1/batches/none",
          "/v1/batches/none/cancel",
          "/quern/v1/console",
          "/quern/v1/sql",
          "/quern/v1/sql/none/cancel",
          "/quern/v1/explain",
          "/quern/v1/tree",
          "/health",
          "/");
  private static final List<String> BODIES =
      List.of(
          "/v1/chat/completions",
          "/v1/chat/completions",
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/completions",
          "/v1/batches",
          "/quern/v1/sql",
          "/quern/v1/explain");
  private static final List<String> METHODS =
      List.of(
          "GET",
          "POST",
          "HEAD",
          "PUT",
          "DELETE",
          "PATCH",
          "OPTIONS",
          "TRACE",
          "CONNECT",
          "get",
          "BREW",
          "P\u00d6ST",
          "");
  private static final String CHAT =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":4}";

  WireCase of(long seed) {
    var random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    return switch (random.nextInt(14)) {
      case 0 -> sent(seed, "good request", 1, request(random, CHAT));
      case 1, 2, 3 -> {
        String path = pick(random, BODIES);
        yield sent(seed, "field of a wrong kind", 1, post(path, JsonBodies.wrongField(random)));
      }
      case 4 -> sent(seed, "broken JSON", 1, post(pick(random, BODIES), JsonBodies.broken(random)));
      case 5 -> sent(seed, "mutated bytes", 0, mutated(random, request(random, CHAT)));
      case 6 -> sent(seed, "noise", 0, noise(random, 1 + random.nextInt(2000)));
      case 7 -> truncated(seed, random);
      case 8 -> sent(seed, "method and path", 0, methodAndPath(random));
      case 9 -> sent(seed, "headers", 0, headers(random));
      case 10 -> sent(seed, "size", 0, oversized(random));
      case 11 -> pipelined(seed, random);
      case 12 -> slow(seed, random);
      default -> sent(seed, "form", 0, form(random));
    };
  }

  private static WireCase sent(long seed, String kind, int answers, byte[] bytes) {
    return new WireCase(seed, kind, List.of(new Send(bytes)), answers);
  }

  private static byte[] request(Random random, String body) {
    return random.nextInt(4) == 0
        ? ascii(
            "GET "
                + pick(random, PATHS)
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        : post(
            "/v1/chat/completions",
            random.nextBoolean() ? utf8(body) : utf8(body.replace("}]", "}],\"stream\":true")));
  }

  static byte[] post(String path, byte[] body) {
    return join(
        ascii(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: "
                + body.length
                + "\r\n\r\n"),
        body);
  }

  private static byte[] mutated(Random random, byte[] bytes) {
    var changed = new ByteArrayOutputStream();
    int every = 1 + random.nextInt(bytes.length);
    for (byte each : bytes) {
      switch (random.nextInt(every * 2)) {
        case 0 -> changed.write(random.nextInt(256));
        case 1 -> {}
        case 2 -> {
          changed.write(each);
          changed.write(each);
        }
        default -> changed.write(each);
      }
    }
    return changed.toByteArray();
  }

  private static byte[] noise(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return switch (random.nextInt(5)) {
      case 0 -> join(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), bytes);
      // The beginning of a TLS handshake.
      case 1 -> join(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, bytes);
      case 2 -> join(ascii("POST /v1/chat/completions HTTP/1.1\r\n"), bytes);
      case 3 -> join(ascii("GET / HTTP/" + random.nextInt(100) + "." + random.nextInt(10)), bytes);
      default -> bytes;
    };
  }

  /** The client stops within its request: says nothing more, or resets the connection. */
  private static WireCase truncated(long seed, Random random) {
    byte[] whole = request(random, CHAT);
    List<Step> steps = new ArrayList<>();
    steps.add(new Send(Arrays.copyOf(whole, random.nextInt(whole.length))));
    if (random.nextInt(3) > 0) {
      if (random.nextBoolean()) {
        steps.add(new Pause(random.nextInt(20)));
      }
      steps.add(new Reset());
    }
    return new WireCase(seed, "stops within", steps, 0);
  }

  private static byte[] methodAndPath(Random random) {
    String path =
        switch (random.nextInt(8)) {
          case 0 -> "/v1/files/" + "..%2f".repeat(random.nextInt(9)) + "etc%2fpasswd";
          case 1 -> "/v1/../" + "../".repeat(random.nextInt(9)) + "etc/passwd";
          case 2 -> "/v1/models/%" + Integer.toString(random.nextInt(1300), 36);
          case 3 -> "/v1/models/%00%ff%c0%af?" + "a=b&".repeat(random.nextInt(500));
          case 4 -> "http://[::1]:99999/v1/models";
          case 5 -> "/v1/batches?limit=" + random.nextLong() + "&after=%F0%9F%92%A9&after=";
          case 6 -> "/" + "a".repeat(random.nextInt(10_000));
          default -> pick(random, PATHS);
        };
    return ascii(
        pick(random, METHODS)
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
  }

  private static byte[] headers(Random random) {
    String wrong =
        switch (random.nextInt(12)) {
          case 0 -> "X-A: b\r\n".repeat(random.nextInt(5000));
          case 1 -> "X-Long: " + "x".repeat(random.nextInt(50_000)) + "\r\n";
          case 2 -> "Content-Length: 5\r\nContent-Length: 6\r\n";
          case 3 -> "Content-Length: " + random.nextLong() + "\r\n";
          case 4 -> "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
          case 5 -> "Transfer-Encoding: gzip, chunked, identity\r\n";
          case 6 -> "Expect: 100-continue\r\nContent-Length: 2\r\n";
          case 7 -> "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n";
          case 8 ->
              "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA\r\n";
          case 9 -> " folded\r\n: no name\r\nNo colon\r\n\0: \1\r\n";
          case 10 ->
              "Authorization: Bearer " + "\u00e9\u00ff".repeat(random.nextInt(3000)) + "\r\n";
          default -> "Origin: http://evil.example\r\nContent-Encoding: gzip\r\nHost: y\r\n";
        };
    return join(
        ascii(
            (random.nextBoolean() ? "POST /v1/chat/completions" : "GET /v1/models")
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + wrong
                + "\r\n"),
        utf8(CHAT));
  }

  private byte[] oversized(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> post("/v1/chat/completions", new byte[bodyLimit + 1 + random.nextInt(bodyLimit)]);
      case 1 ->
          ascii(
              "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + (bodyLimit + 1L + random.nextInt(Integer.MAX_VALUE))
                  + "\r\n\r\n{");
      case 2 -> {
        var body = new StringBuilder();
        for (int i = 0; i < 3 + bodyLimit / 4096; i++) {
          body.append("1000\r\n").append(" ".repeat(4096)).append("\r\n");
        }
        yield chunked(body + "0\r\n\r\n");
      }
      default ->
          chunked(
              switch (random.nextInt(4)) {
                case 0 -> "FFFFFFFFFFFFFFFF\r\n{}\r\n";
                case 1 -> "-1\r\n{}\r\n0\r\n\r\n";
                case 2 -> "2;ext=" + "x".repeat(random.nextInt(20_000)) + "\r\n{}\r\n0\r\n\r\n";
                default -> "2\r\n{}0\r\n" + "T: x\r\n".repeat(random.nextInt(3000)) + "\r\n";
              });
    };
  }

  private static byte[] chunked(String chunks) {
    return ascii(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + chunks);
  }

  /** Several requests at once; each is answered, in order. */
  private static WireCase pipelined(long seed, Random random) {
    int count = 2 + random.nextInt(20);
    var bytes = new ByteArrayOutputStream();
    for (int i = 1; i < count; i++) {
      bytes.writeBytes(
          random.nextBoolean()
              ? ascii("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
              : ascii(
                  "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                      + CHAT.length()
                      + "\r\n\r\n"
                      + CHAT));
    }
    bytes.writeBytes(ascii("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    return sent(seed, "pipelined", count, bytes.toByteArray());
  }

  /** A byte now and then; in the end whole, or too late. */
  private static WireCase slow(long seed, Random random) {
    byte[] whole = request(random, CHAT);
    List<Step> steps = new ArrayList<>();
    int at = 0;
    while (at < whole.length) {
      int next = Math.min(whole.length, at + 1 + random.nextInt(40));
      steps.add(new Send(Arrays.copyOfRange(whole, at, next)));
      steps.add(new Pause(random.nextInt(12)));
      at = next;
    }
    return new WireCase(seed, "slow", steps, 0);
  }

  /** What /v1/files takes, with a wrong boundary, no end, or many parts. */
  private static byte[] form(Random random) {
    var body = new StringBuilder();
    for (int i = random.nextInt(30); i >= 0; i--) {
      body.append("--b\r\nContent-Disposition: form-data; name=\"")
          .append(random.nextInt(3) == 0 ? "purpose" : random.nextInt(3) == 0 ? "file" : "\u0000\"")
          .append(random.nextBoolean() ? "\"; filename=\"../../x\"" : "\"")
          .append("\r\n\r\n")
          .append(random.nextBoolean() ? "batch" : CHAT + "\n\0")
          .append("\r\n");
    }
    body.append(random.nextBoolean() ? "--b--\r\n" : "--b-");
    String boundary =
        random.nextInt(4) == 0 ? "" : "; boundary=" + (random.nextInt(4) == 0 ? "c" : "b");
    byte[] bytes = utf8(body.toString());
    return join(
        ascii(
            "POST /v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type:"
                + " multipart/form-data"
                + boundary
                + "\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n"),
        bytes);
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
