package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FilesTest {
  private static final BatchLimits SMALL =
      new BatchLimits(1000, quota(1500, 3), quota(1500, 3), 1, 100, 1 << 10, 1, 10, 10);

  @TempDir Path folder;

  private final ScriptedEngine engine = ScriptedEngine.answering(text -> text);

  @Test
  void fileComesBackAsItWasSent() throws Exception {
    try (var server = BatchServer.start(folder, engine)) {
      HttpResponse<String> response = server.upload("../../../etc/x.jsonl", "batch", "one\r\ntwo");
      assertEquals(200, response.statusCode(), response.body());
      JsonNode file = new ObjectMapper().readTree(response.body());
      String id = file.path("id").asText();
      assertEquals("file", file.path("object").asText());
      assertEquals("batch", file.path("purpose").asText());
      assertEquals(8, file.path("bytes").asInt());
      assertTrue(file.path("filename").asText().endsWith("x.jsonl"));
      assertEquals(file, server.get("/v1/files/" + id));
      assertEquals(file, server.get("/v1/files?purpose=batch").at("/data/0"));
      assertEquals(0, server.get("/v1/files?purpose=other").path("data").size());
      var content = server.send("GET", "/v1/files/" + id + "/content", Optional.empty());
      assertEquals("one\r\ntwo", content.body());
      try (var all = Files.walk(folder)) {
        assertEquals(1, all.filter(p -> p.toString().endsWith(".data")).count());
      }
      assertEquals(200, server.send("DELETE", "/v1/files/" + id, Optional.empty()).statusCode());
      assertEquals(404, server.send("GET", "/v1/files/" + id, Optional.empty()).statusCode());
      assertEquals(List.of(), StateFolder.list(folder.resolve("files")));
      awaitNoUploads();
    }
  }

  /** What is left of a refused upload goes behind the answer; the test has the time limit. */
  private void awaitNoUploads() throws Exception {
    while (!StateFolder.list(folder.resolve("uploads")).isEmpty()) {
      Thread.sleep(10);
    }
  }

  @Test
  void fileMayBeLargerThanOtherBodies() throws Exception {
    try (var server = BatchServer.start(folder, engine)) {
      int bytes = HttpLimits.DEFAULT.bodyBytes() + 1234;
      String id = server.file("x".repeat(bytes));
      assertEquals(bytes, server.get("/v1/files/" + id).path("bytes").asInt());
      var content = server.send("GET", "/v1/files/" + id + "/content", Optional.empty());
      assertEquals(bytes, content.body().length());
    }
  }

  @Test
  void filesSurviveARestart() throws Exception {
    String id;
    try (var server = BatchServer.start(folder, engine)) {
      id = server.file("text");
    }
    Files.writeString(folder.resolve("files").resolve("file-0.data"), "left by a kill");
    Files.writeString(folder.resolve("uploads").resolve("1.part"), "left by a kill");
    try (var server = BatchServer.start(folder, engine)) {
      assertEquals(4, server.get("/v1/files/" + id).path("bytes").asInt());
      assertEquals(2, StateFolder.list(folder.resolve("files")).size());
      awaitNoUploads();
    }
  }

  @Test
  void limitsAreNamed() throws Exception {
    try (var server = BatchServer.start(folder, engine, SMALL)) {
      HttpResponse<String> large = server.upload("a", "batch", "x".repeat(1000));
      assertEquals(413, large.statusCode(), large.body());
      server.file("x".repeat(700));
      server.file("x".repeat(700));
      HttpResponse<String> full = server.upload("a", "batch", "x".repeat(101));
      assertEquals(400, full.statusCode(), full.body());
      assertTrue(full.body().contains("1400 of at most 1500 bytes"), full.body());
      server.file("x".repeat(10));
      HttpResponse<String> many = server.upload("a", "batch", "x");
      assertTrue(many.body().contains("your files are 3, the most"), many.body());
      awaitNoUploads();
    }
  }

  private static BatchLimits.Quota quota(long bytes, int files) {
    return new BatchLimits.Quota(bytes, files);
  }

  @Test
  void oneKeyCannotTakeTheRoomOfAnother() throws Exception {
    var limits = new BatchLimits(1000, quota(2000, 6), quota(2000, 6), 1, 9, 1 << 10, 1, 9, 9);
    try (var server =
        new BatchServer(
            folder,
            engine,
            new ApiKeys(List.of("k1", "k2")),
            limits.sharedBy(2),
            InstantSource.system(),
            JobListener.NONE)) {
      server.useKey("k1");
      server.file("x".repeat(700));
      HttpResponse<String> full = server.upload("a", "batch", "x".repeat(301));
      assertEquals(400, full.statusCode());
      assertTrue(full.body().contains("your files hold 700 of at most 1000 bytes"), full.body());
      server.file("x");
      String third = server.file(BatchServer.lines(1));
      assertEquals(400, server.upload("a", "batch", "x").statusCode());
      HttpResponse<String> batch = server.create(third);
      assertTrue(batch.body().contains("your files are 3, the most"), batch.body());
      server.useKey("k2");
      server.file("x".repeat(700));
      server.file("x".repeat(300));
    }
    // Eight shares at most: where there are many keys, each can still send a large file.
    assertEquals(quota(2L << 30, 1250), BatchLimits.DEFAULT.sharedBy(1000).perCaller());
    assertEquals(BatchLimits.DEFAULT.all(), BatchLimits.DEFAULT.sharedBy(0).perCaller());
  }

  @Test
  void wrongFormsAreBadRequests() throws Exception {
    try (var server = BatchServer.start(folder, engine)) {
      HttpResponse<String> tune = server.upload("a", "fine-tune", "x");
      assertEquals(400, tune.statusCode());
      assertTrue(tune.body().contains("\"param\":\"purpose\""), tune.body());
      String field =
          "--frontier\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n";
      String file =
          "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n";
      String end = "--frontier--\r\n";
      for (String form :
          List.of(
              field + end,
              file + end,
              field + file + file + end,
              field + file.replace("\"file\"", "\"other\"") + end,
              field.replace("purpose", "expires_after[anchor]") + field + file + end,
              "nothing of a form",
              "")) {
        HttpResponse<String> response = server.uploadForm(form);
        assertEquals(400, response.statusCode(), form + " -> " + response.body());
      }
      var plain = server.send("POST", "/v1/files", Optional.of("{}"));
      assertEquals(400, plain.statusCode(), plain.body());
      assertEquals(List.of(), StateFolder.list(folder.resolve("files")));
      awaitNoUploads();
      // Each refusal has given its room back.
      server.file("x");
    }
  }

  @Test
  void whatOneKeyMadeIsNotThereForAnother() throws Exception {
    String file;
    String batch;
    try (var server = keyed("k1", "k2")) {
      assertEquals(401, server.upload("a", "batch", "x").statusCode());
      server.useKey("k1");
      file = server.file(BatchServer.lines(1));
      batch = server.batch(BatchServer.lines(1));
      server.awaitStatus(batch, "completed");
      server.useKey("k2");
      for (String path :
          List.of("/v1/files/" + file, "/v1/files/" + file + "/content", "/v1/batches/" + batch)) {
        assertEquals(404, server.send("GET", path, Optional.empty()).statusCode(), path);
      }
      assertEquals(404, server.send("DELETE", "/v1/files/" + file, Optional.empty()).statusCode());
      assertEquals(
          404,
          server.send("POST", "/v1/batches/" + batch + "/cancel", Optional.empty()).statusCode());
      assertEquals(404, server.create(file).statusCode());
      assertEquals(0, server.get("/v1/files").path("data").size());
      assertEquals(0, server.get("/v1/batches").path("data").size());
    }
    // A key that stands elsewhere in the file of keys is the same caller.
    try (var server = keyed("new", "k1")) {
      server.useKey("k1");
      assertEquals(file, server.get("/v1/files/" + file).path("id").asText());
      assertEquals("completed", server.get("/v1/batches/" + batch).path("status").asText());
    }
  }

  private BatchServer keyed(String... keys) throws Exception {
    return new BatchServer(
        folder,
        engine,
        new ApiKeys(List.of(keys)),
        BatchLimits.DEFAULT,
        InstantSource.system(),
        JobListener.NONE);
  }

  @Test
  void fileThatABatchReadsStays() throws Exception {
    try (var server = BatchServer.start(folder, SilentAt.row("say 0"))) {
      String batch = server.batch(BatchServer.lines(1));
      String input = server.awaitStatus(batch, "in_progress").path("input_file_id").asText();
      var response = server.send("DELETE", "/v1/files/" + input, Optional.empty());
      assertEquals(400, response.statusCode());
      assertTrue(response.body().contains(batch), response.body());
    }
  }
}
