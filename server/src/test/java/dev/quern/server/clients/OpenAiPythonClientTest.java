package dev.quern.server.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's Python client, unmodified: {@code src/test/python/openai_client.py}. */
class OpenAiPythonClientTest {
  @Test
  void pythonClientSeesWhatItExpects(@TempDir Path folder) throws Exception {
    String python = System.getenv("QUERN_TEST_PYTHON");
    assumeTrue(
        python != null,
        "QUERN_TEST_PYTHON names no Python; make one: python3 -m venv v && v/bin/pip install -r"
            + " server/src/test/python/requirements.txt && export QUERN_TEST_PYTHON=$PWD/v/bin/python");
    try (var servers = new ClientServers()) {
      ClientScript.run(
          List.of(python, "src/test/python/openai_client.py"),
          ClientScript.environment(servers),
          folder.resolve("output"));
    }
  }
}
