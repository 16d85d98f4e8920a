package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: signals, exit codes, what a killed job leaves behind. */
class MainProcessTest {
  /** Rows without end, as far as a test is concerned: 24 to the power of 7. */
  private static final String ENDLESS =
      "SELECT a.id FROM 'T' a, 'T' b, 'T' c, 'T' d, 'T' e, 'T' f, 'T' g"
          .replace("'T'", "'src/main/demo/tickets.parquet'");

  @TempDir Path folder;

  private final List<Process> children = new ArrayList<>();

  @BeforeEach
  void needsSignals() {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "no signals on Windows");
  }

  @AfterEach
  void endChildren() {
    children.forEach(Process::destroyForcibly);
  }

  @Test
  void interruptEndsWith130AndLeavesNoOutput() throws Exception {
    Path output = folder.resolve("rows.csv");
    Path stats = folder.resolve("stats.json");
    Process child =
        start(
            "sql",
            "--format",
            "csv",
            "--output",
            output.toString(),
            "--stats",
            stats.toString(),
            "-c",
            ENDLESS);
    awaitBytes();
    signal(child, "INT");
    assertTrue(child.waitFor(60, TimeUnit.SECONDS), "the process hangs");
    String errors = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(130, child.exitValue(), errors);
    assertEquals("quern: interrupted\n", errors);
    assertEquals(List.of(stats), files());
  }

  @Test
  void rowsStreamWhileTheQueryRuns() throws Exception {
    Process child = start("sql", "--format", "json", "-c", ENDLESS);
    try (var rows =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("{\"id\":1}", rows.readLine());
      assertTrue(child.isAlive());
    }
    // The reader has gone: the job ends by itself.
    assertTrue(child.waitFor(60, TimeUnit.SECONDS), "the process writes to nobody");
    assertEquals(1, child.exitValue());
  }

  @Test
  void killedJobLeavesNothingUnderTheFinalName() throws Exception {
    Path output = folder.resolve("rows.csv");
    Process child = start("sql", "--format", "csv", "--output", output.toString(), "-c", ENDLESS);
    awaitBytes();
    signal(child, "KILL");
    assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    assertFalse(Files.exists(output));
  }

  @Test
  void unknownDeviceEndsWithFour() throws Exception {
    Process child =
        start(
            "sql",
            "--device",
            "tpu:0",
            "--model",
            "../executor/embedded-model",
            "-c",
            "SELECT GENERATE('x')");
    String errors = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    assertEquals(4, child.exitValue(), errors);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(takesInterrupts());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(arguments));
    Process child = new ProcessBuilder(command).start();
    children.add(child);
    return child;
  }

  /**
   * Background jobs of a script inherit an ignored SIGINT, and a JVM leaves it ignored: env of GNU
   * coreutils gives the child the default again.
   */
  private static List<String> takesInterrupts() throws IOException {
    List<String> reset = List.of("env", "--default-signal=INT");
    List<String> trial = new ArrayList<>(reset);
    trial.add("true");
    try {
      return new ProcessBuilder(trial).start().waitFor() == 0 ? reset : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting a child", e);
    }
  }

  /** Until the job has written something beside its final name. */
  private void awaitBytes() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < end) {
      for (Path file : files()) {
        if (file.getFileName().toString().endsWith(".tmp") && Files.size(file) > 0) {
          return;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the job writes nothing: " + files());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static void signal(Process child, String name) throws Exception {
    assertEquals(
        0, new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).start().waitFor());
  }
}
