package dev.quern.server.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client in another language, as a process whose exit status is the verdict. */
final class ClientScript {
  private ClientScript() {}

  /**
   * Runs it to its end.
   *
   * @param output takes what it prints
   */
  static void run(List<String> command, Map<String, String> environment, Path output)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    // A proxy of this machine has no business between the two.
    builder.environment().put("NO_PROXY", "127.0.0.1,localhost");
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(240, TimeUnit.SECONDS);
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertEquals("true 0", ended + " " + (ended ? process.exitValue() : "hangs"), said);
    } finally {
      process.destroyForcibly();
    }
  }

  static Map<String, String> environment(ClientServers servers) {
    return Map.of(
        "QUERN_URL", servers.url(),
        "QUERN_KEY", ClientServers.KEY,
        "QUERN_FULL_URL", servers.fullUrl());
  }
}
