package dev.quern.server.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's Node client, unmodified: {@code src/test/node/openai_client.mjs}. */
class OpenAiNodeClientTest {
  @Test
  void nodeClientSeesWhatItExpects(@TempDir Path folder) throws Exception {
    String node = System.getenv("QUERN_TEST_NODE");
    assumeTrue(
        node != null,
        "QUERN_TEST_NODE names no folder with node_modules; make one: mkdir n && cp"
            + " server/src/test/node/package*.json n && (cd n && npm ci) && export"
            + " QUERN_TEST_NODE=$PWD/n");
    // Node finds a script's modules beside the script.
    Path script = Path.of(node, "openai_client.mjs");
    Files.copy(
        Path.of("src/test/node/openai_client.mjs"), script, StandardCopyOption.REPLACE_EXISTING);
    try (var servers = new ClientServers()) {
      ClientScript.run(
          List.of("node", script.toString()),
          ClientScript.environment(servers),
          folder.resolve("output"));
    }
  }
}
