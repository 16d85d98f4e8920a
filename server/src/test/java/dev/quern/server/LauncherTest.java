package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code quern} in a clone of its own, with JDKs and a Maven that only say their name.
 */
class LauncherTest {
  @TempDir Path folder;

  private Path clone;
  private Path tools;
  private final Map<String, String> environment = new TreeMap<>();

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void setUp() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    clone = Files.createDirectories(folder.resolve("a clone"));
    Files.copy(Path.of("../quern"), clone.resolve("quern"));
    executable(clone.resolve("quern"));
    Files.writeString(clone.resolve("pom.xml"), "<project/>");
    Files.createDirectories(clone.resolve("server/src/main/java"));
    tools = Files.createDirectories(folder.resolve("tools"));
    script(
        tools.resolve("mvn"),
        "echo built >>'"
            + clone
            + "/builds'; mkdir -p server/target/quern/lib;"
            + " : >server/target/quern/lib/quern-server-0.jar; [ ! -e '"
            + clone
            + "/broken' ]"
            + " || { echo '[ERROR] Foo.java: no'; exit 1; }");
    environment.put("PATH", tools + ":/usr/bin:/bin");
    environment.put("HOME", folder.toString());
    environment.put("QUERN_JDK_FOLDERS", folder.resolve("jvm").toString());
  }

  @Test
  void javaHomeComesFirstIfItIsNewEnough() throws Exception {
    environment.put("JAVA_HOME", jdk("home/old", "21.0.1").toString());
    jdk("jvm/twenty five", "25.0.3");
    assertEquals("twenty five", started(quern("sql")));
    environment.put("JAVA_HOME", jdk("home/newer", "26-ea").toString());
    assertEquals("newer", started(quern("sql")));
  }

  @Test
  void javaOnThePathIsFollowedToItsHome() throws Exception {
    Path home = jdk("elsewhere/onpath", "25");
    Files.createSymbolicLink(tools.resolve("java"), home.resolve("bin/java"));
    assertEquals("onpath", started(quern("sql")));
  }

  @Test
  void withoutAJdkItSaysHowToGetOne() throws Exception {
    jdk("jvm/old", "17.0.9");
    environment.put("PATH", pathWithoutJava());
    Result result = quern("sql");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("needs a JDK of version 25"), result.err());
    assertTrue(result.err().contains("https://adoptium.net"), result.err());
  }

  @Test
  void aRuntimeWithoutCompilerIsNoJdk() throws Exception {
    Path home = jdk("jvm/runtime", "25");
    Files.delete(home.resolve("bin/javac"));
    environment.put("PATH", pathWithoutJava());
    assertEquals(2, quern("sql").code());
  }

  @Test
  void buildsOnceAndAgainWhenSourcesChange() throws Exception {
    jdk("jvm/jdk", "25");
    quern("sql");
    quern("sql");
    assertEquals(1, builds());
    Path source = Files.writeString(clone.resolve("server/src/main/java/New.java"), "class New {}");
    Files.setLastModifiedTime(
        source, java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(5)));
    quern("sql");
    assertEquals(2, builds());
  }

  @Test
  void failedBuildShowsItsErrorsAndIsTriedAgain() throws Exception {
    jdk("jvm/jdk", "25");
    Files.createFile(clone.resolve("broken"));
    Result result = quern("sql");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("[ERROR] Foo.java: no"), result.err());
    assertEquals("", result.out());
    Files.delete(clone.resolve("broken"));
    assertEquals("jdk", started(quern("sql")));
    assertFalse(Files.exists(clone.resolve(".quern/build.lock")));
  }

  @Test
  void lockOfADeadBuildIsTakenOver() throws Exception {
    jdk("jvm/jdk", "25");
    Files.createDirectories(clone.resolve(".quern/build.lock"));
    // No process has this number: it is above the largest that systems give.
    Files.writeString(clone.resolve(".quern/build.lock/pid"), "99999999\n");
    assertEquals("jdk", started(quern("sql")));
  }

  @Test
  void missingMavenIsNamed() throws Exception {
    jdk("jvm/jdk", "25");
    Files.delete(tools.resolve("mvn"));
    environment.put("PATH", pathWithoutJava());
    Result result = quern("sql");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("there is no mvn on PATH"), result.err());
  }

  @Test
  void argumentsAndExitCodeArePassedThroughSymbolicLinksFromAnyFolder() throws Exception {
    jdk("jvm/jdk", "25");
    Path link = Files.createSymbolicLink(folder.resolve("my quern"), clone.resolve("quern"));
    Result result = run(folder.resolve("tools"), link, "sql", "-c", "SELECT 'a  b'", "");
    assertEquals(42, result.code(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals(
        List.of("sql", "-c", "SELECT 'a  b'", ""), lines.subList(lines.size() - 4, lines.size()));
    assertTrue(
        result.out().contains("-Dquern.embedded-model=" + clone + "/executor/embedded-model"),
        result.out());
  }

  private int builds() throws IOException {
    return Files.readAllLines(clone.resolve("builds")).size();
  }

  private static String started(Result result) {
    assertEquals(42, result.code(), result.err());
    return result.out().lines().findFirst().orElseThrow();
  }

  /** A JDK whose java prints its home's name and its arguments, a line each, and exits with 42. */
  private Path jdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(
        home.resolve("bin/java"),
        "echo " + home.getFileName() + "; printf '%s\\n' \"$@\"; exit 42");
    script(home.resolve("bin/javac"), "exit 0");
    return home;
  }

  /** The shell's tools without those folders' java and mvn. */
  private String pathWithoutJava() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool :
        List.of(
            "sh",
            "dirname",
            "readlink",
            "sed",
            "cat",
            "mkdir",
            "rm",
            "mv",
            "date",
            "find",
            "head",
            "grep",
            "cksum",
            "sleep")) {
      for (String from : List.of("/usr/bin/", "/bin/")) {
        if (Files.isExecutable(Path.of(from + tool)) && !Files.exists(bin.resolve(tool))) {
          script(bin.resolve(tool), "exec " + from + tool + " \"$@\"");
        }
      }
    }
    return bin.toString();
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result quern(String... arguments) throws Exception {
    return run(folder, clone.resolve("quern"), arguments);
  }

  private Result run(Path where, Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/sh", program.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    var builder =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Result(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
