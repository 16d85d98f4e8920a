package dev.quern.server.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.connectors.FileAccess;
import dev.quern.server.SessionLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** ADBC and pyarrow, unmodified: {@code src/test/python/flight_sql.py}. */
@EnabledIfEnvironmentVariable(
    named = "QUERN_TEST_PYTHON",
    matches = ".+",
    disabledReason =
        "QUERN_TEST_PYTHON names no python with adbc-driver-flightsql, adbc-driver-manager, pyarrow")
class PythonClientsTest {
  @Test
  void adbcAndPyarrowWork(@TempDir Path folder) throws Exception {
    try (TestServer server =
        TestServer.start(SessionLimits.DEFAULT, List.of("k-python"), FileAccess.under(folder))) {
      Process python =
          new ProcessBuilder(
                  System.getenv("QUERN_TEST_PYTHON"),
                  Path.of("src", "test", "python", "flight_sql.py").toString(),
                  Integer.toString(server.endpoint().port()),
                  "k-python",
                  folder.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(python.waitFor(60, TimeUnit.SECONDS), "python does not end: " + output);
      assertEquals(0, python.exitValue(), output);
      assertTrue(output.contains("all passed"), output);
    }
  }
}
