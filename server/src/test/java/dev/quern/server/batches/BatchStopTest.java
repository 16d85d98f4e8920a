package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.http.ApiKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that hands its batches back while it still answers. */
@Timeout(120)
class BatchStopTest {
  @TempDir Path folder;

  @Test
  void whatHasComeIsOnDiskAndCanBeRead() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, SilentAt.row("say 4"))) {
      String file = server.file(BatchServer.lines(7));
      id = server.batch(BatchServer.lines(7));
      server.awaitCompleted(id, 4);
      server.stop();
      assertEquals(4, answersOnDisk());
      JsonNode batch = server.get("/v1/batches/" + id);
      assertEquals("in_progress", batch.path("status").asText());
      assertEquals(4, batch.at("/request_counts/completed").asInt());
      assertEquals(1, server.get("/v1/batches").path("data").size());
      JsonNode input = server.get("/v1/batches/" + id).path("input_file_id");
      assertEquals(7, server.content(input).size());
      var refused = server.create(file);
      assertEquals(503, refused.statusCode(), refused.body());
      assertTrue(refused.headers().firstValue("Retry-After").isPresent());
      assertEquals(1, server.get("/v1/batches").path("data").size());
      server.stop();
    }
    try (var server = BatchServer.start(folder, ScriptedEngine.answering(text -> text))) {
      JsonNode batch = server.awaitStatus(id, "completed");
      assertEquals(7, server.content(batch.path("output_file_id")).size());
    }
  }

  private long answersOnDisk() throws Exception {
    long lines = 0;
    for (Path file : StateFolder.list(folder.resolve("files"))) {
      List<String> text = Files.readAllLines(file);
      lines += text.stream().filter(l -> l.startsWith("{\"id\":\"batch_req_")).count();
    }
    return lines;
  }

  @Test
  void cancelOfALongFileIsHandedBackToo() throws Exception {
    int lines = 3000;
    var first = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    // Keeps the thread that writes at the first errors of the cancelled lines.
    var listener =
        new JobListener() {
          @Override
          public void rows(int completed, int failed) {
            first.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    String id;
    try (var server =
        new BatchServer(
            folder,
            SilentAt.row("say 0"),
            ApiKeys.NONE,
            BatchLimits.DEFAULT,
            InstantSource.system(),
            listener)) {
      String file = server.file(BatchServer.lines(1));
      id = server.batch(BatchServer.lines(lines));
      server.awaitStatus(id, "in_progress");
      server.cancel(id);
      first.await();
      Thread stop = Thread.ofPlatform().start(server::stop);
      while (server.create(file).statusCode() != 503) {
        Thread.sleep(10);
      }
      // The thread that stops waits for the job now.
      while (stop.getState() != Thread.State.WAITING) {
        Thread.sleep(10);
      }
      goOn.countDown();
      stop.join();
      JsonNode batch = server.get("/v1/batches/" + id);
      assertEquals("cancelling", batch.path("status").asText());
      assertTrue(batch.at("/request_counts/failed").asInt() < lines / 2, batch.toString());
    }
    try (var server = BatchServer.start(folder, ScriptedEngine.answering(text -> text))) {
      JsonNode batch = server.awaitStatus(id, "cancelled");
      assertEquals(lines, server.content(batch.path("error_file_id")).size());
    }
  }
}
