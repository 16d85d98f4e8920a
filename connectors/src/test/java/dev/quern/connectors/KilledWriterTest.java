package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.table.BatchReader;
import dev.quern.executor.table.BatchSink;
import dev.quern.executor.table.TableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is killed while it writes leaves nothing that a table would read. */
class KilledWriterTest extends AllocatorTest {
  @TempDir Path folder;

  /** Writes a table, tells so, and never commits. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      try (var allocator = ArrowMemory.open(1 << 26);
          FileTable table = TableFiles.open(args[0], allocator);
          BatchSink sink = TableFiles.create(args[1], table.schema(), allocator);
          BatchReader reader =
              table.scan(
                  table.schema().getFields().stream().map(Field::getName).toList(),
                  List.of(),
                  allocator)) {
        while (reader.next()) {
          sink.write(reader.batch());
        }
        System.out.println("written");
        System.in.read();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.parquet", "out.arrow", "out/"})
  void nothingIsLeftUnderTheFinalName(String name) throws IOException, InterruptedException {
    String target = folder + "/" + name;
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            ArrowMemory.NEEDED,
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            Resources.file("movies.parquet").toString(),
            target);
    Process writer = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("written", output.readLine());
    }
    writer.destroyForcibly();
    assertTrue(writer.waitFor(60, TimeUnit.SECONDS));

    try (Stream<Path> left = Files.list(folder)) {
      List<String> names = left.map(path -> path.getFileName().toString()).toList();
      assertEquals(1, names.size(), names.toString());
      assertTrue(names.getFirst().matches("\\.out.*\\.tmp"), names.toString());
    }
    TableException e =
        assertThrows(
            TableException.class, () -> TableFiles.open(folder.toString(), allocator).close());
    assertTrue(e.getMessage().contains("without tables"), e.getMessage());
  }
}
