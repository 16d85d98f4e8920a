package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.server.load.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchServeCommandTest {
  @TempDir Path folder;

  private record Result(int code, String out, String err) {}

  private static Result run(String... arguments) {
    var captured = CapturedConsole.withoutInput();
    List<String> line = new ArrayList<>(List.of("bench-serve"));
    line.addAll(List.of(arguments));
    int code =
        new CommandLineInterface(
                captured.console(), List.of(new BenchServeCommand(captured.console())))
            .run(line);
    return new Result(code, captured.output(), captured.errors());
  }

  private String keyFile(String key) throws IOException {
    return Files.writeString(folder.resolve("key"), key + "\n").toString();
  }

  @Test
  void eachNumberOfClientsIsALine() throws Exception {
    try (var server = ScriptedServer.start(1, 64)) {
      Result result =
          run(
              "--url",
              server.url(),
              "--api-key-file",
              keyFile(ScriptedServer.KEY),
              "--clients",
              "1,3",
              "--requests",
              "7",
              "--prompt-tokens",
              "20",
              "--shared-prefix",
              "5",
              "--generate-tokens",
              "4",
              "--format",
              "json");
      assertEquals(0, result.code(), result.err());
      List<String> lines = result.out().lines().toList();
      assertEquals(2, lines.size(), result.out());
      JsonNode point = new ObjectMapper().readTree(lines.getLast());
      List<String> names = new ArrayList<>();
      point.fieldNames().forEachRemaining(names::add);
      assertEquals(
          List.of(
              "clients",
              "requests",
              "left",
              "prompt_tokens",
              "cached_tokens",
              "generated_tokens",
              "seconds",
              "time_to_first_token_ms",
              "time_per_output_token_ms",
              "end_to_end_ms",
              "output_tokens_per_second",
              "requests_per_second",
              "errors"),
          names);
      assertEquals(3, point.path("clients").asInt());
      assertEquals(7, point.path("requests").asInt());
      assertEquals(20, point.path("prompt_tokens").asInt());
      assertEquals(28, point.path("generated_tokens").asInt());
      assertTrue(point.at("/time_to_first_token_ms/p95").asDouble() >= 1, lines.getLast());
      assertTrue(
          point.at("/end_to_end_ms/p50").asDouble()
              >= point.at("/time_to_first_token_ms/p50").asDouble(),
          lines.getLast());
      // 2 points of 7, a warm-up, and 2 to size the prompts.
      assertEquals(17, server.engine().calls());
    }
  }

  @Test
  void refusedRequestsAreCountedByStatus() throws Exception {
    try (var server = ScriptedServer.start(50, 1)) {
      Result result =
          run(
              "--url",
              server.url(),
              "--api-key-file",
              keyFile(ScriptedServer.KEY),
              "--clients",
              "4",
              "--requests",
              "40",
              "--format",
              "json");
      assertEquals(0, result.code(), result.err());
      JsonNode point = new ObjectMapper().readTree(result.out());
      int refused = point.at("/errors/429").asInt();
      assertTrue(refused > 0, result.out());
      assertEquals(40, refused + point.path("requests").asInt());
    }
  }

  @Test
  void serverThatDoesNotAnswerIsToldInASentence() throws Exception {
    try (var server = ScriptedServer.start(0, 1)) {
      Result wrong = run("--url", server.url(), "--api-key-file", keyFile("wrong"));
      assertEquals(1, wrong.code());
      assertTrue(wrong.err().contains("(401)"), wrong.err());
    }
    // Bound, so that nobody else can listen there; it does not listen itself.
    try (var silent = new Socket()) {
      silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Result result = run("--url", "http://127.0.0.1:" + silent.getLocalPort());
      assertEquals(1, result.code());
      assertTrue(result.err().startsWith("quern: the server does not answer"), result.err());
      assertEquals(1, result.err().lines().count(), result.err());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --clients 1,x                           | --clients must be positive whole numbers
          --shared-prefix 200                     | --shared-prefix 200 is more than --prompt-tokens 128
          --disconnect 0.5                        | --disconnect belongs to --soak-minutes
          --soak-minutes 1                        | --soak-minutes takes one number of --clients
          --soak-minutes 1 --clients 2 --disconnect 2 | --disconnect must be in [0, 1]
          --url ftp://x                           | --url must be as http://127.0.0.1:8000
          --format csv                            | --format of bench-serve must be table or json
          --api-key-file no-such-file             | --api-key-file no-such-file cannot be read
          """)
  void badCommandLinesAreNamed(String arguments, String message) {
    Result result = run(arguments.split(" "));
    assertEquals(2, result.code(), result.err());
    assertTrue(result.err().contains(message), result.err());
  }
}
