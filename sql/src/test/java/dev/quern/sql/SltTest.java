package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files under {@code src/test/resources/slt}. Run with {@code -Dquern.slt.rewrite=true} to have
 * them written anew.
 */
class SltTest {
  private static final Path FILES = Path.of("src/test/resources/slt");
  private static final Path DATA = Path.of("src/test/resources/data");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.filter(file -> file.toString().endsWith(".slt")).sorted().toList();
    }
  }

  /** Not a temporary one: columns in messages count its characters. */
  private static Path emptyFolder(Path file) throws IOException {
    Path folder = Path.of("target/slt", file.getFileName().toString());
    if (Files.exists(folder)) {
      List<Path> old;
      try (Stream<Path> below = Files.walk(folder)) {
        old = below.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : old) {
        Files.delete(path);
      }
    }
    return Files.createDirectories(folder);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void givesWhatTheFileSays(Path file) throws IOException, SQLException {
    List<ScriptedEngine> engines = new ArrayList<>();
    var driver =
        new QuernDriver(options -> {
          engines.add(new ScriptedEngine(TestAnswers.script()));
          return engines.getLast();
        });
    String before = Files.readString(file);
    String after;
    try (Connection connection = driver.connect("jdbc:quern:window-rows=100", new Properties())) {
      after =
          new SltFile(
                  connection,
                  () -> engines.stream().mapToLong(ScriptedEngine::calls).sum(),
                  DATA.toString(),
                  emptyFolder(file).toString())
              .run(before);
    }
    if (Boolean.getBoolean("quern.slt.rewrite")) {
      Files.writeString(file, after);
    } else {
      assertEquals(before, after);
    }
  }
}
