package dev.quern.server.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SoakTest {
  /** A JVM that waits until its standard input ends. */
  static final class Waiting {
    public static void main(String[] arguments) throws Exception {
      System.out.write('.');
      System.out.flush();
      System.in.read();
    }
  }

  @Test
  void halfOfTheClientsLeaveAndNothingIsLeftBehind() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var server = ScriptedServer.start(5, 64)) {
      var target = new LoadTarget(URI.create(server.url()), Optional.of(ScriptedServer.KEY));
      try (var load = LoadRun.open(target, new LoadShape(20, 10, 4))) {
        new Soak(8, Duration.ofSeconds(4), 0.5)
            .run(load, Optional.empty(), new LoadOutput.Json(print(out)));
      }
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (server.engine().openBatches() > 0 && System.nanoTime() < end) {
        Thread.sleep(10);
      }
      assertEquals(0, server.engine().openBatches(), "requests of clients that have left");
    }
    List<JsonNode> parts = lines(out);
    assertEquals(2, parts.size(), "two parts behind the warm-up");
    for (JsonNode part : parts) {
      int left = part.path("left").asInt();
      int answered = part.path("requests").asInt();
      assertTrue(left > 0 && answered > 0, part.toString());
      assertEquals("{}", part.path("errors").toString());
    }
  }

  @Test
  void memoryOfAnotherJvmIsRead() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Waiting.class.getName())
            .start();
    try {
      assertEquals('.', child.getInputStream().read());
      try (var process = ServerProcess.attach(child.pid())) {
        ServerMemory memory = process.memory();
        assertTrue(memory.heapAfterGc() > 100_000 && memory.heapAfterGc() < 64 << 20, "" + memory);
        assertTrue(memory.anonymous() > memory.heapAfterGc() / 2, "" + memory);
        assertTrue(memory.threads() > 1, "" + memory);
      }
    } finally {
      child.destroyForcibly();
    }
  }

  private static PrintStream print(ByteArrayOutputStream out) {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  private static List<JsonNode> lines(ByteArrayOutputStream out) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }
}
