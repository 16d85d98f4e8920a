package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.engine.ScriptedEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The official Python client; QUERN_TEST_PYTHON names a Python that has {@code openai}. */
@EnabledIfEnvironmentVariable(named = "QUERN_TEST_PYTHON", matches = ".+")
@Timeout(170)
class PythonBatchesTest {
  @TempDir Path folder;

  @Test
  void officialClientRunsABatch() throws Exception {
    var engine = ScriptedEngine.answering(text -> text);
    try (var server = BatchServer.start(folder, engine)) {
      Process python =
          new ProcessBuilder(
                  System.getenv("QUERN_TEST_PYTHON"),
                  Path.of("src/test/python/batches.py").toString(),
                  server.uri("/v1").toString(),
                  engine.model().name())
              .redirectErrorStream(true)
              .start();
      String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, python.waitFor(), output);
      assertEquals("ok", output.strip());
    }
  }
}
