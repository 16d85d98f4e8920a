package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Children of this JVM, with and without the flags. */
class ArrowMemoryTest {
  /** Opens a table in a JVM of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      try (var allocator = ArrowMemory.open(1 << 20);
          var table = TableFiles.open(args[0], allocator)) {
        System.out.println(table.rowCount().orElseThrow() + " rows");
      } catch (dev.quern.executor.table.TableException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ArrowMemory.NEEDED})
  void missingFlagIsNamed(String flag) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (!flag.isEmpty()) {
      command.add(flag);
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            Resources.file("movies.parquet").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("JDK_JAVA_OPTIONS");
    Process child = builder.start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(child.waitFor(60, TimeUnit.SECONDS), "the child hangs");
    assertEquals(0, child.exitValue(), output);
    if (flag.isEmpty()) {
      assertTrue(output.contains("started without " + ArrowMemory.NEEDED), output);
      assertTrue(output.contains("JDK_JAVA_OPTIONS"), output);
    } else {
      assertEquals("3201 rows", output.strip());
    }
  }
}
