package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BatchRestartTest {
  @TempDir Path folder;
  @TempDir Path copied;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final ScriptedEngine second =
      ScriptedEngine.answering(text -> {
        asked.add(text);
        return "again: " + text;
      });

  @Test
  void serverThatEndsHandsItsBatchBack() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, SilentAt.row("say 4"))) {
      id = server.batch(BatchServer.lines(7));
      server.awaitCompleted(id, 4);
    }
    assertGoesOn(folder, id, 4, 7);
  }

  @Test
  void killedServerLosesAndRepeatsNoAnswer() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, SilentAt.row("say 4"))) {
      id = server.batch(BatchServer.lines(7));
      server.awaitCompleted(id, 4);
      // What a kill -9 at this moment leaves.
      copy(folder, copied);
    }
    assertGoesOn(copied, id, 4, 7);
  }

  @Test
  void tornLastLineIsAnsweredAgain() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, SilentAt.row("say 4"))) {
      id = server.batch(BatchServer.lines(7));
      server.awaitCompleted(id, 4);
    }
    Path answers = answersOf(folder);
    byte[] whole = Files.readAllBytes(answers);
    Files.write(answers, java.util.Arrays.copyOf(whole, whole.length - 10));
    assertGoesOn(folder, id, 3, 7);
  }

  @Test
  void zerosBehindALossOfPowerAreCut() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, SilentAt.row("say 4"))) {
      id = server.batch(BatchServer.lines(7));
      server.awaitCompleted(id, 4);
    }
    Files.write(answersOf(folder), new byte[4096], StandardOpenOption.APPEND);
    assertGoesOn(folder, id, 4, 7);
  }

  private static Path answersOf(Path state) throws IOException {
    for (Path file : StateFolder.list(state.resolve("files"))) {
      if (file.toString().endsWith(".data")
          && Files.readString(file).startsWith("{\"id\":\"batch_")) {
        return file;
      }
    }
    throw new AssertionError("no answers in " + state);
  }

  /** The next server asks for the lines behind {@code done} only, and each line has one answer. */
  private void assertGoesOn(Path state, String id, int done, int lines) throws Exception {
    try (var server = BatchServer.start(state, second)) {
      JsonNode batch = server.awaitStatus(id, "completed");
      assertEquals(lines, batch.at("/request_counts/completed").asInt());
      List<JsonNode> answers = server.content(batch.path("output_file_id"));
      var ids = new TreeSet<String>();
      answers.forEach(a -> ids.add(a.path("custom_id").asText()));
      assertEquals(lines, ids.size());
      assertEquals(lines, answers.size(), "one answer a line");
      String text = "/response/body/choices/0/message/content";
      assertEquals("say 0", answers.getFirst().at(text).asText());
      assertEquals("again: say " + (lines - 1), answers.getLast().at(text).asText());
    }
    assertEquals(lines - done, asked.size(), asked.toString());
    assertEquals("say " + done, asked.getFirst());
  }

  @Test
  void failedEngineLeavesTheBatchToTheNextStart() throws Exception {
    var broken =
        new ScriptedEngine(
            new ScriptedEngine.Script(
                (text, _) ->
                    text.equals("say 2") ? new Reply.Failure("device lost") : new Reply.Text(text),
                0,
                0));
    String id;
    try (var server = BatchServer.start(folder, broken)) {
      id = server.batch(BatchServer.lines(5));
      server.awaitCompleted(id, 2);
      assertEquals("in_progress", server.get("/v1/batches/" + id).path("status").asText());
    }
    assertGoesOn(folder, id, 2, 5);
  }

  @Test
  void cancelIsCarriedOutAfterAKill() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, SilentAt.row("say 1"))) {
      id = server.batch(BatchServer.lines(3));
      server.awaitCompleted(id, 1);
      copy(folder, copied);
    }
    Path record = copied.resolve("batches").resolve(id + ".json");
    Files.writeString(
        record, Files.readString(record).replace("\"in_progress\"", "\"cancelling\""));
    try (var server = BatchServer.start(copied, second)) {
      JsonNode batch = server.awaitStatus(id, "cancelled");
      assertEquals(1, server.content(batch.path("output_file_id")).size());
      assertEquals(2, server.content(batch.path("error_file_id")).size());
    }
    assertTrue(asked.isEmpty(), "a cancelled batch asks nothing more");
  }

  @Test
  void killInTheMiddleOfTheEndLeavesAWholeBatch() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, ScriptedEngine.answering(text -> text))) {
      id = server.batch(BatchServer.lines(3));
      server.awaitStatus(id, "completed");
    }
    Path record = folder.resolve("batches").resolve(id + ".json");
    Files.writeString(record, Files.readString(record).replace("\"completed\"", "\"finalizing\""));
    try (var server = BatchServer.start(folder, second)) {
      JsonNode batch = server.awaitStatus(id, "completed");
      assertEquals(3, server.content(batch.path("output_file_id")).size());
    }
    assertTrue(asked.isEmpty());
  }

  @Test
  void twoServersCannotShareAFolder() throws Exception {
    try (var _ = BatchServer.start(folder, second)) {
      var refused = assertThrows(IOException.class, () -> BatchServer.start(folder, second));
      assertTrue(refused.getMessage().contains("another server"), refused.getMessage());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path entry : all.toList()) {
        Path target = to.resolve(from.relativize(entry).toString());
        if (Files.isDirectory(entry)) {
          Files.createDirectories(target);
        } else {
          Files.copy(entry, target);
        }
      }
    }
  }
}
