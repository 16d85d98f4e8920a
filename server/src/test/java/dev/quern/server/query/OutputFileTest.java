package dev.quern.server.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir Path folder;

  private static final byte[] CONTENT = "answers".getBytes(StandardCharsets.UTF_8);

  @Test
  void nothingStandsUnderTheNameBeforeTheCommit() throws IOException {
    Path file = folder.resolve("out.csv");
    try (var output = OutputFile.create(file)) {
      output.stream().write(CONTENT);
      assertFalse(Files.exists(file));
      output.commit();
    }
    assertEquals("answers", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void withoutCommitTheOldFileStaysAndNothingElseIsLeft() throws IOException {
    Path file = Files.writeString(folder.resolve("out.csv"), "old");
    try (var output = OutputFile.create(file)) {
      output.stream().write(CONTENT);
    }
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void symbolicLinkKeepsPointingToTheFileThatIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("real.csv"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), file);
    try (var output = OutputFile.create(link)) {
      output.stream().write(CONTENT);
      output.commit();
    }
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("answers", Files.readString(file));
  }

  @Test
  void fullDiskIsAnErrorOfTheWrite() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full on this system");
    try (var output = OutputFile.create(full)) {
      var e = assertThrows(IOException.class, () -> output.stream().write(CONTENT));
      assertEquals("No space left on device", OutputFile.reason(e));
    }
    assertTrue(Files.exists(full));
  }

  @Test
  void missingFolderAndFolderAsFileAreBadCommands() {
    var missing =
        assertThrows(
            CommandException.class, () -> OutputFile.create(folder.resolve("no/such/out.csv")));
    assertEquals(ExitCode.BAD_COMMAND, missing.exitCode());
    assertTrue(missing.getMessage().endsWith("the folder does not exist"), missing.getMessage());
    var isFolder = assertThrows(CommandException.class, () -> OutputFile.create(folder));
    assertEquals("--output " + folder + " is a folder; name a file in it", isFolder.getMessage());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
