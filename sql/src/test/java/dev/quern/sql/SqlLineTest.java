package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SQLLine as it is published, in a JVM of its own, with the driver. The system property {@code
 * quern.driver.jar} gives the driver as the one jar that users put on their class path; without it
 * the driver is the classes of the build.
 */
class SqlLineTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  @TempDir Path folder;

  private record Ended(int status, String output, String errors) {}

  @Test
  void aSelectOverAFileShowsItsRows() throws Exception {
    Files.writeString(folder.resolve("films.csv"), "title,rating\nAlien,8.5\nTremors,7.1\n");
    Ended ended =
        sqlLine(FLAGS, "jdbc:quern:", "SELECT title FROM 'films.csv' WHERE rating > 8;", "!tables");
    assertTrue(ended.output.contains("'title'"), ended::toString);
    assertTrue(ended.output.contains("'Alien'"), ended::toString);
    assertFalse(ended.output.contains("Tremors"), ended::toString);
    assertTrue(ended.output.contains("'TABLE_NAME'"), ended::toString);
    assertFalse(ended.errors.contains("Error: "), ended::toString);
    assertEquals(0, ended.status, ended::toString);
  }

  @Test
  void anErrorIsOneSentence() throws Exception {
    Ended ended = sqlLine(FLAGS, "jdbc:quern:", "SELECT x FROM 'nowhere.csv';");
    List<String> errors =
        ended.errors.lines().filter(line -> line.contains("nowhere.csv")).toList();
    assertEquals(1, errors.size(), ended::toString);
    assertTrue(errors.getFirst().contains("Error: "), ended::toString);
    assertTrue(errors.getFirst().contains("(state=42S02,code=0)"), ended::toString);
    assertFalse(ended.errors.contains("\tat "), ended::toString);
  }

  @Test
  void aMissingFlagIsNamed() throws Exception {
    Files.writeString(folder.resolve("films.csv"), "title\nAlien\n");
    Ended ended = sqlLine(List.of(), "jdbc:quern:", "SELECT title FROM 'films.csv';");
    assertTrue(
        ended.errors.contains(
            "Error: this JVM was started without --add-opens=java.base/java.nio=ALL-UNNAMED"),
        ended::toString);
    assertFalse(ended.output.contains("Alien"), ended::toString);
  }

  @Test
  void theEmbeddedModelAnswers() throws Exception {
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add("-Dquern.embedded-model=" + Path.of("../executor/embedded-model").toRealPath());
    Ended ended =
        sqlLine(
            flags,
            "jdbc:quern:threads=1;max-model-len=64",
            "SELECT GENERATE('Hello', max_tokens => 2) IS NOT NULL AS answered;");
    assertTrue(ended.output.contains("'true'"), ended::toString);
    assertEquals(0, ended.status, ended::toString);
  }

  private Ended sqlLine(List<String> flags, String url, String... lines) throws Exception {
    Path script = folder.resolve("script.sql");
    Files.write(script, List.of(lines));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-Xmx1g", "-cp", classPath(), "sqlline.SqlLine"));
    command.addAll(List.of("-u", url, "-n", "", "-p", "", "--outputformat=csv"));
    command.addAll(List.of("--color=false", "--historyFile=" + folder.resolve("history")));
    return run(command, script);
  }

  private Ended run(List<String> command, Path script) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("JDK_JAVA_OPTIONS|JAVA_TOOL_OPTIONS"));
    builder.redirectInput(script.toFile());
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    Process process = builder.start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly().waitFor();
    Ended result =
        new Ended(
            process.exitValue(),
            Files.readString(output, StandardCharsets.UTF_8),
            Files.readString(errors, StandardCharsets.UTF_8));
    assertTrue(ended, () -> "SQLLine did not end: " + result);
    return result;
  }

  /** SQLLine with the driver: from the jar where one is given, with nothing else of Quern. */
  private static String classPath() {
    String whole = System.getProperty("java.class.path");
    String jar = System.getProperty("quern.driver.jar");
    if (jar == null) {
      return whole;
    }
    return Stream.concat(
            Stream.of(jar),
            Stream.of(whole.split(File.pathSeparator))
                .filter(part ->
                    Path.of(part).getFileName().toString().matches("(sqlline|jline|jna).*")))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
