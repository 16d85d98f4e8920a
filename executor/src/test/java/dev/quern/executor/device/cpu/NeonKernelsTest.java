package dev.quern.executor.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The C kernels of aarch64 against plain C, in emulation; skipped where the tools for it are
 * missing.
 */
final class NeonKernelsTest {
  private static final List<String> TOOLS = List.of("aarch64-linux-gnu-gcc", "qemu-aarch64");

  private static boolean onPath(String tool) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  @Test
  void emulatedKernelsGiveTheSumsOfPlainC() throws IOException, InterruptedException {
    for (String tool : TOOLS) {
      Assumptions.assumeTrue(onPath(tool), "NEON kernels not checked: no " + tool);
    }
    Path kept = Files.createDirectories(Path.of("target", "neon-check"));
    var check = new ProcessBuilder("sh", "src/test/native/check/check.sh", "aarch64");
    check.environment().put("KEEP", kept.toAbsolutePath().toString());
    check.redirectErrorStream(true);
    Process process = check.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertFalse(said.contains("not run"), said);
  }
}
