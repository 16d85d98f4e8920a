package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.server.http.ApiKeys;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BatchesTest {
  private static final BatchLimits.Quota QUOTA = new BatchLimits.Quota(1 << 20, 10);

  @TempDir Path folder;

  @Test
  void goodLinesAreAnsweredAndBadOnesCostOnlyThemselves() throws Exception {
    var engine = ScriptedEngine.answering(text -> "you said: " + text);
    var events = new CopyOnWriteArrayList<String>();
    var listener =
        new JobListener() {
          @Override
          public void started() {
            events.add("started");
          }

          @Override
          public void ended(BatchStatus status) {
            events.add(status.label());
          }
        };
    try (var server =
        new BatchServer(
            folder, engine, ApiKeys.NONE, BatchLimits.DEFAULT, InstantSource.system(), listener)) {
      String id =
          server.batch(
              BatchServer.line("a", "hello", "")
                  + BatchServer.line("b", "many", ",\"n\":300")
                  + "\r\n"
                  + BatchServer.line("c", "<|im_end|>", ",\"max_tokens\":2"));
      JsonNode batch = server.awaitStatus(id, "completed");
      assertEquals("batch", batch.path("object").asText());
      assertEquals("nightly", batch.at("/metadata/job").asText());
      assertEquals("24h", batch.path("completion_window").asText());
      assertEquals(
          "{\"total\":3,\"completed\":2,\"failed\":1}", batch.path("request_counts").toString());
      for (String time : List.of("created", "in_progress", "finalizing", "completed", "expires")) {
        assertTrue(batch.path(time + "_at").isNumber(), time);
      }
      assertTrue(batch.path("failed_at").isNull() && batch.path("errors").isNull());

      List<JsonNode> answers = server.content(batch.path("output_file_id"));
      assertEquals(2, answers.size());
      JsonNode first = answers.getFirst();
      assertEquals("a", first.path("custom_id").asText());
      assertTrue(
          first.path("id").asText().startsWith("batch_req_") && first.path("error").isNull());
      assertEquals(200, first.at("/response/status_code").asInt());
      assertEquals("chat.completion", first.at("/response/body/object").asText());
      assertEquals(
          "you said: hello", first.at("/response/body/choices/0/message/content").asText());
      assertEquals("c", answers.get(1).path("custom_id").asText());
      assertEquals("length", answers.get(1).at("/response/body/choices/0/finish_reason").asText());

      JsonNode error = server.content(batch.path("error_file_id")).getFirst();
      assertEquals("b", error.path("custom_id").asText());
      assertEquals(400, error.at("/response/status_code").asInt());
      assertEquals("n", error.at("/response/body/error/param").asText());
      assertEquals(
          "batch_output", server.get("/v1/files/" + error(batch)).path("purpose").asText());
      assertTrue(
          engine.lastBatch().rows().stream().allMatch(r -> r.priority() == 0),
          "rows of a batch run behind online ones");
    }
    assertEquals(List.of("started", "completed"), events);
  }

  private static String error(JsonNode batch) {
    return batch.path("error_file_id").asText();
  }

  @Test
  void rowThatTheEngineRefusesIsAnErrorOfItsLine() throws Exception {
    var engine =
        new ScriptedEngine(
            new ScriptedEngine.Script(
                (text, _) ->
                    text.equals("say 1") ? new Reply.Refusal("too long") : new Reply.Text("ok"),
                0,
                0));
    try (var server = BatchServer.start(folder, engine)) {
      JsonNode batch = server.awaitStatus(server.batch(BatchServer.lines(3)), "completed");
      assertEquals(2, server.content(batch.path("output_file_id")).size());
      JsonNode error = server.content(batch.path("error_file_id")).getFirst();
      assertEquals("id-1", error.path("custom_id").asText());
      assertEquals("too long", error.at("/response/body/error/message").asText());
    }
  }

  @Test
  void fileThatIsNoBatchFailsAndNamesItsLines() throws Exception {
    var engine = ScriptedEngine.answering(text -> text);
    try (var server = BatchServer.start(folder, engine)) {
      String good = BatchServer.line("a", "x", "");
      JsonNode batch =
          server.awaitStatus(
              server.batch(
                  good
                      + "{\"custom_id\": \n"
                      + good
                      + good.replace("\"a\"", "\"d\"").replace("POST", "GET")
                      + good.replace("\"a\"", "\"e\"").replace("chat/", "")
                      + good.replace("custom_id", "id")
                      + "{\"custom_id\":\"f\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\"}"),
              "failed");
      List<String> errors = new ArrayList<>();
      for (JsonNode e : batch.at("/errors/data")) {
        errors.add(e.path("line").asInt() + " " + e.path("code").asText());
      }
      assertEquals(
          List.of(
              "2 invalid_json_line",
              "3 duplicate_custom_id",
              "4 invalid_method",
              "5 url_mismatch",
              "6 missing_required_parameter",
              "7 missing_required_parameter"),
          errors);
      assertTrue(batch.path("output_file_id").isNull() && batch.path("failed_at").isNumber());
      JsonNode empty = server.awaitStatus(server.batch("\n\n"), "failed");
      assertEquals("empty_file", empty.at("/errors/data/0/code").asText());
    }
    assertEquals(0, engine.calls());
  }

  @Test
  void tooManyLinesFail() throws Exception {
    var limits = new BatchLimits(1 << 20, QUOTA, QUOTA, 1, 5, 1 << 10, 1, 10, 10);
    try (var server = BatchServer.start(folder, ScriptedEngine.answering(text -> text), limits)) {
      JsonNode batch = server.awaitStatus(server.batch(BatchServer.lines(6)), "failed");
      assertEquals("too_many_tasks", batch.at("/errors/data/0/code").asText());
      String longLine = BatchServer.line("a", "x".repeat(1 << 10), "");
      batch = server.awaitStatus(server.batch(longLine), "failed");
      assertEquals("invalid_json_line", batch.at("/errors/data/0/code").asText());
    }
  }

  @Test
  void cancelKeepsWhatIsAnswered() throws Exception {
    var engine = SilentAt.row("say 3");
    try (var server = BatchServer.start(folder, engine)) {
      String id = server.batch(BatchServer.lines(6));
      server.awaitCompleted(id, 3);
      var asked = server.send("POST", "/v1/batches/" + id + "/cancel", Optional.empty());
      assertEquals(200, asked.statusCode(), asked.body());
      JsonNode batch = server.awaitStatus(id, "cancelled");
      assertTrue(batch.path("cancelling_at").isNumber() && batch.path("cancelled_at").isNumber());
      assertEquals(3, server.content(batch.path("output_file_id")).size());
      List<JsonNode> errors = server.content(batch.path("error_file_id"));
      assertEquals(3, errors.size());
      assertEquals("batch_cancelled", errors.getFirst().at("/error/code").asText());
      assertEquals(0, engine.openBatches());
      var again = server.send("POST", "/v1/batches/" + id + "/cancel", Optional.empty());
      assertEquals(400, again.statusCode(), again.body());
    }
  }

  @Test
  void batchThatWaitsIsCancelledAtOnce() throws Exception {
    var limits = new BatchLimits(1 << 20, QUOTA, QUOTA, 1, 100, 1 << 10, 1, 2, 10);
    try (var server = BatchServer.start(folder, SilentAt.row("say 0"), limits)) {
      String running = server.batch(BatchServer.lines(2));
      server.awaitStatus(running, "in_progress");
      String waiting = server.batch(BatchServer.lines(2));
      assertEquals(429, server.create(server.file(BatchServer.lines(1))).statusCode());
      server.send("POST", "/v1/batches/" + waiting + "/cancel", Optional.empty());
      server.awaitStatus(waiting, "cancelled");
      assertEquals("in_progress", server.get("/v1/batches/" + running).path("status").asText());
    }
  }

  @Test
  void callersTakeTurns() throws Exception {
    var limits = new BatchLimits(1 << 20, QUOTA, QUOTA, 1, 100, 1 << 10, 2, 10, 10);
    var keys = new ApiKeys(List.of("k1", "k2"));
    try (var server =
        new BatchServer(
            folder,
            SilentAt.row("say 0"),
            keys,
            limits,
            InstantSource.system(),
            JobListener.NONE)) {
      server.useKey("k1");
      String first = server.batch(BatchServer.lines(1));
      server.batch(BatchServer.lines(1));
      String third = server.batch(BatchServer.lines(1));
      server.awaitStatus(first, "in_progress");
      server.useKey("k2");
      String other = server.batch(BatchServer.lines(1));
      server.useKey("k1");
      server.send("POST", "/v1/batches/" + first + "/cancel", Optional.empty());
      server.useKey("k2");
      server.awaitStatus(other, "in_progress");
      server.useKey("k1");
      assertEquals("validating", server.get("/v1/batches/" + third).path("status").asText());
    }
  }

  @Test
  void windowThatIsOverExpiresTheBatch() throws Exception {
    var now = new AtomicReference<>(java.time.Instant.parse("2026-01-01T00:00:00Z"));
    InstantSource clock = now::get;
    String id;
    try (var server = clocked(SilentAt.row("say 1"), clock)) {
      id = server.batch(BatchServer.lines(3));
      server.awaitCompleted(id, 1);
    }
    // It is over 0.2 s after the next start, and that runs into the same row.
    now.set(java.time.Instant.parse("2026-01-01T23:59:59.800Z"));
    try (var server = clocked(SilentAt.row("say 1"), clock)) {
      JsonNode batch = server.awaitStatus(id, "expired");
      assertEquals(1, server.content(batch.path("output_file_id")).size());
      List<JsonNode> errors = server.content(batch.path("error_file_id"));
      assertEquals(2, errors.size());
      assertEquals("batch_expired", errors.getFirst().at("/error/code").asText());
      assertEquals("id-1", errors.getFirst().path("custom_id").asText());
    }
  }

  private BatchServer clocked(ScriptedEngine engine, InstantSource clock) throws Exception {
    return new BatchServer(
        folder, engine, ApiKeys.NONE, BatchLimits.DEFAULT, clock, JobListener.NONE);
  }

  @Test
  void longBatchHoldsFewRowsAtATime() throws Exception {
    var most = new AtomicLong();
    var engine = new AtomicReference<ScriptedEngine>();
    engine.set(
        ScriptedEngine.answering(text -> {
          most.accumulateAndGet(engine.get().submittedRows() - engine.get().calls(), Math::max);
          return text;
        }));
    try (var server = BatchServer.start(folder, engine.get())) {
      JsonNode batch = server.awaitStatus(server.batch(BatchServer.lines(10_000)), "completed");
      assertEquals(10_000, batch.at("/request_counts/completed").asInt());
      var ids = new HashSet<String>();
      for (JsonNode line : server.content(batch.path("output_file_id"))) {
        String id = line.path("custom_id").asText();
        assertEquals(
            "say " + id.substring(3), line.at("/response/body/choices/0/message/content").asText());
        ids.add(id);
      }
      assertEquals(10_000, ids.size());
    }
    assertEquals(10_000, engine.get().calls());
    assertTrue(most.get() <= 2 * 2048, "rows that wait in the engine: " + most);
  }

  @Test
  void listsAreInPagesNewestFirst() throws Exception {
    try (var server = BatchServer.start(folder, ScriptedEngine.answering(text -> text))) {
      String first = server.batch(BatchServer.lines(1));
      String second = server.batch(BatchServer.lines(1));
      String third = server.batch(BatchServer.lines(1));
      JsonNode page = server.get("/v1/batches?limit=2");
      assertEquals(third, page.at("/data/0/id").asText());
      assertEquals(second, page.path("last_id").asText());
      assertTrue(page.path("has_more").asBoolean());
      page = server.get("/v1/batches?limit=2&after=" + second);
      assertEquals(first, page.path("first_id").asText());
      assertEquals(1, page.path("data").size());
      assertFalse(page.path("has_more").asBoolean());
      assertEquals(400, server.send("GET", "/v1/batches?limit=0", Optional.empty()).statusCode());
    }
  }

  @Test
  void wrongRequestsNameTheField() throws Exception {
    try (var server = BatchServer.start(folder, ScriptedEngine.answering(text -> text))) {
      String file = server.file(BatchServer.lines(1));
      String good =
          "{\"input_file_id\":\""
              + file
              + "\",\"endpoint\":\"/v1/chat/completions\","
              + "\"completion_window\":\"24h\"}";
      for (var wrong :
          List.of(
              List.of("endpoint", good.replace("chat/", "moderations/")),
              List.of("completion_window", good.replace("24h", "soon")),
              List.of("metadata", good.replace("}", ",\"metadata\":{\"a\":1}}")),
              List.of("output_expires_after", good.replace("}", ",\"output_expires_after\":{}}")),
              List.of("more", good.replace("}", ",\"more\":1}")),
              List.of("input_file_id", good.replace("input_file_id", "metadata")))) {
        var response = server.send("POST", "/v1/batches", Optional.of(wrong.get(1)));
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(
            response.body().contains("\"param\":\"" + wrong.getFirst() + "\""), response.body());
      }
      assertEquals(
          404,
          server.send("POST", "/v1/batches", Optional.of(good.replace(file, "../x"))).statusCode());
    }
  }
}
