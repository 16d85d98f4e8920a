package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.server.http.ApiKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a batch whose engine or disk fails while the server goes on. */
@Timeout(120)
class BatchFailureTest {
  @TempDir Path folder;

  private static ScriptedEngine failingAt(String row) {
    return new ScriptedEngine(
        new ScriptedEngine.Script(
            (text, _) -> text.equals(row) ? new Reply.Failure("device lost") : new Reply.Text(text),
            0,
            0));
  }

  /** Server with room for one batch that runs. */
  private BatchServer narrow(ScriptedEngine engine, JobListener listener) throws Exception {
    var quota = new BatchLimits.Quota(1 << 20, 20);
    var limits = new BatchLimits(1 << 20, quota, quota, 1, 100, 1 << 10, 1, 10, 10);
    return new BatchServer(folder, engine, ApiKeys.NONE, limits, InstantSource.system(), listener);
  }

  @Test
  void batchThatTheEngineFailedIsCancelled() throws Exception {
    var handedBack = new CountDownLatch(1);
    var listener =
        new JobListener() {
          @Override
          public void handedBack() {
            handedBack.countDown();
          }
        };
    try (var server = narrow(failingAt("say 2"), listener)) {
      String id = server.batch(BatchServer.lines(5));
      handedBack.await();
      assertEquals("in_progress", server.get("/v1/batches/" + id).path("status").asText());
      assertEquals(200, server.cancel(id).statusCode());
      JsonNode batch = server.awaitStatus(id, "cancelled");
      assertEquals(2, server.content(batch.path("output_file_id")).size());
      List<JsonNode> errors = server.content(batch.path("error_file_id"));
      assertEquals(3, errors.size());
      assertEquals("batch_cancelled", errors.getFirst().at("/error/code").asText());
      server.awaitStatus(server.batch(BatchServer.lines(2)), "completed");
    }
  }

  @Test
  void batchThatTheEngineFailedExpires() throws Exception {
    var now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    InstantSource clock = now::get;
    String id;
    try (var server = clocked(clock)) {
      id = server.batch(BatchServer.lines(3));
      server.awaitCompleted(id, 1);
    }
    // It is over 0.5 s after the next start, which fails at the same row long before.
    now.set(Instant.parse("2026-01-01T23:59:59.500Z"));
    try (var server = clocked(clock)) {
      JsonNode batch = server.awaitStatus(id, "expired");
      assertEquals(1, server.content(batch.path("output_file_id")).size());
      assertEquals(2, server.content(batch.path("error_file_id")).size());
    }
  }

  private BatchServer clocked(InstantSource clock) throws Exception {
    return new BatchServer(
        folder, failingAt("say 1"), ApiKeys.NONE, BatchLimits.DEFAULT, clock, JobListener.NONE);
  }

  @Test
  void errorOfTheJvmFailsTheBatchAndFreesItsPlace() throws Exception {
    var engine =
        ScriptedEngine.answering(text -> {
          if (text.equals("say 2")) {
            throw new StackOverflowError("too deep");
          }
          return text;
        });
    try (var server = narrow(engine, JobListener.NONE)) {
      JsonNode batch = server.awaitStatus(server.batch(BatchServer.lines(3)), "failed");
      assertEquals("server_error", batch.at("/errors/data/0/code").asText());
      server.awaitStatus(server.batch(BatchServer.lines(2)), "completed");
    }
  }

  @Test
  void errorInTheThreadThatWritesDoesNotLoseAnswers() throws Exception {
    var listener =
        new JobListener() {
          private boolean failed;

          @Override
          public void rows(int completed, int more) {
            if (!failed) {
              failed = true;
              throw new StackOverflowError("too deep");
            }
          }
        };
    String id;
    try (var server = narrow(ScriptedEngine.answering(text -> text), listener)) {
      id = server.batch(BatchServer.lines(5));
      // Only a batch that has left its place lets this one run.
      server.awaitStatus(server.batch(BatchServer.lines(1)), "completed");
      String status = server.get("/v1/batches/" + id).path("status").asText();
      assertFalse(BatchStatus.of(status).last(), status);
    }
    try (var server = narrow(ScriptedEngine.answering(text -> text), JobListener.NONE)) {
      JsonNode batch = server.awaitStatus(id, "completed");
      assertEquals(5, server.content(batch.path("output_file_id")).size());
    }
  }

  @Test
  void cancelThatTheDiskFailedIsTriedAgain() throws Exception {
    try (var server = narrow(SilentAt.row("say 1"), JobListener.NONE)) {
      String file = server.file(BatchServer.lines(3));
      String id = new ObjectMapper().readTree(server.create(file).body()).path("id").asText();
      server.awaitCompleted(id, 1);
      Path data = folder.resolve("files").resolve(file + ".data");
      Path away = folder.resolve("away");
      Files.move(data, away);
      assertEquals(200, server.cancel(id).statusCode());
      // Its place is free again: it has been tried and has failed.
      server.awaitStatus(server.batch(BatchServer.lines(1)), "completed");
      assertEquals("cancelling", server.get("/v1/batches/" + id).path("status").asText());
      Files.move(away, data);
      while (server.cancel(id).statusCode() == 200) {
        Thread.sleep(10);
      }
      JsonNode batch = server.awaitStatus(id, "cancelled");
      assertEquals(2, server.content(batch.path("error_file_id")).size());
    }
  }
}
