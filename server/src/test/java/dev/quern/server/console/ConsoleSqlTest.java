package dev.quern.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.server.http.ApiKeys;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SQL over HTTP as the page uses it. */
@Timeout(120)
class ConsoleSqlTest {
  private static final String THREE = "(VALUES ('a'), ('b'), ('c')) AS t (x)";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ScriptedEngine shouting =
      ScriptedEngine.answering(text -> text.toUpperCase(Locale.ROOT));

  private static ScriptedEngine silent() {
    return new ScriptedEngine(new Script((_, _) -> new Reply.Silence(), 0, 0));
  }

  private static List<JsonNode> ofType(List<JsonNode> events, String type) {
    return events.stream().filter(e -> e.path("type").asText().equals(type)).toList();
  }

  private static String rows(List<JsonNode> events) {
    var rows = JSON.createArrayNode();
    ofType(events, "rows").forEach(e -> e.path("rows").forEach(rows::add));
    return rows.toString();
  }

  @Test
  void aQueryTellsColumnsRowsAndWhatItCost() throws Exception {
    try (var server = ConsoleServer.of(shouting)) {
      List<JsonNode> events = server.run("SELECT x, GENERATE('say ' || x) AS y FROM " + THREE);
      assertEquals("started", events.getFirst().path("type").asText());
      JsonNode columns = ofType(events, "columns").getFirst().path("columns");
      assertEquals(
          "{\"name\":\"y\",\"type\":\"VARCHAR\",\"number\":false}", columns.path(1).toString());
      assertEquals("[[\"a\",\"SAY A\"],[\"b\",\"SAY B\"],[\"c\",\"SAY C\"]]", rows(events));
      JsonNode done = events.getLast();
      assertEquals("done", done.path("type").asText());
      assertEquals(3, done.path("engineCalls").asInt());
      assertEquals(6, done.path("promptTokens").asInt());
    }
  }

  @Test
  void rowsArriveWhileTheQueryRuns() throws Exception {
    var seen = new CountDownLatch(1);
    var engine =
        new ScriptedEngine(
            new Script(
                (text, _) -> {
                  try {
                    if (text.equals("b")) {
                      seen.await();
                    }
                    return new Reply.Text(text);
                  } catch (InterruptedException e) {
                    return new Reply.Failure("interrupted");
                  }
                },
                0,
                0));
    try (var server = ConsoleServer.of(engine);
        var events = server.start("SELECT GENERATE(x) FROM " + THREE)) {
      assertEquals("[[\"a\"]]", events.next("rows").path("rows").toString());
      JsonNode progress = events.next("progress");
      assertEquals(1, progress.path("engineCalls").asInt());
      assertEquals(3, progress.path("totalRows").asInt());
      seen.countDown();
      assertEquals(3, events.next("done").path("rows").asInt());
    }
  }

  @Test
  void cellsAreTextsAndNullStaysNull() throws Exception {
    try (var server = ConsoleServer.of(shouting)) {
      List<JsonNode> events =
          server.run(
              "SELECT CAST(NULL AS VARCHAR) AS n, '' AS e, 9007199254740993 AS b,"
                  + " ARRAY[1, 2] AS l FROM (VALUES (1)) AS t (i)");
      assertEquals("[[null,\"\",\"9007199254740993\",\"[1,2]\"]]", rows(events));
    }
  }

  @Test
  void statementsRunInOrderAndDefinitionsStayInTheSession() throws Exception {
    try (var server = ConsoleServer.of(shouting)) {
      server.run("CREATE VIEW v AS SELECT * FROM " + THREE);
      List<JsonNode> events = server.run("SELECT 1 AS i; -- two\nSELECT count(*) AS n FROM v;");
      assertEquals("[[\"1\"],[\"3\"]]", rows(events), events.toString());
      assertEquals(2, ofType(events, "columns").size());
    }
  }

  @Test
  void anErrorHasItsPlaceInTheWholeText() throws Exception {
    try (var server = ConsoleServer.of(shouting)) {
      List<JsonNode> events =
          server.run("SELECT 1 AS x;\n  SELECT x,\n nope FROM " + THREE + "; SELECT 3");
      JsonNode error = events.getLast();
      assertEquals("error", error.path("type").asText());
      assertEquals(1, error.path("statement").asInt());
      assertEquals(3, error.path("line").asInt(), error.toString());
      assertEquals(2, error.path("column").asInt());
      assertEquals("42S22", error.path("sqlState").asText());
      assertTrue(!error.path("message").asText().startsWith("line"), error.toString());
      JsonNode first = server.run("SELECT 1 AS x;  SELECT FROM t").getLast();
      assertEquals("1 24", first.path("line").asInt() + " " + first.path("column").asInt());
    }
  }

  @Test
  void rowsBeforeAFailureArrive() throws Exception {
    var engine =
        new ScriptedEngine(
            new Script(
                (text, _) -> text.equals("c") ? new Reply.Refusal("too hot") : new Reply.Text(text),
                0,
                0));
    try (var server = ConsoleServer.of(engine)) {
      List<JsonNode> failed = server.run("SELECT GENERATE(x, on_error => 'fail') FROM " + THREE);
      assertTrue(failed.getLast().path("message").asText().contains("too hot"), failed.toString());
      List<JsonNode> warned = server.run("SELECT GENERATE(x) FROM " + THREE);
      assertEquals("[[\"a\"],[\"b\"],[null]]", rows(warned));
      assertEquals(1, ofType(warned, "warning").size());
      assertEquals(1, warned.getLast().path("failedRows").asInt());
    }
  }

  @Test
  void cancelEndsTheQueryInTheEngine() throws Exception {
    ScriptedEngine engine = silent();
    try (var server = ConsoleServer.of(engine);
        var events = server.start("SELECT GENERATE(x) FROM " + THREE)) {
      String id = events.next("started").path("id").asText();
      awaitOpenBatches(engine, 1);
      HttpResponse<String> answer =
          server.post("/quern/v1/sql/" + id + "/cancel", JSON.createObjectNode());
      assertEquals(202, answer.statusCode());
      assertEquals("cancelled", events.rest().getLast().path("type").asText());
      assertEquals(0, engine.openBatches());
      assertEquals(
          404,
          server.post("/quern/v1/sql/" + id + "/cancel", JSON.createObjectNode()).statusCode());
    }
  }

  @Test
  void aClientThatGoesAwayCancelsItsQuery() throws Exception {
    ScriptedEngine engine = silent();
    try (var server = ConsoleServer.of(engine)) {
      try (var events = server.start("SELECT GENERATE(x) FROM " + THREE)) {
        events.next("started");
        awaitOpenBatches(engine, 1);
      }
      awaitOpenBatches(engine, 0);
    }
  }

  private static void awaitOpenBatches(ScriptedEngine engine, int batches) throws Exception {
    while (engine.openBatches() != batches) {
      Thread.sleep(5);
    }
  }

  @Test
  void rowsAndCharactersAreLimitedAndNoMoreIsAsked() throws Exception {
    var limits = new ConsoleLimits(2, 1000, 1, 60, 8, Duration.ofHours(1), Duration.ZERO);
    try (var server = ConsoleServer.of(shouting, limits)) {
      List<JsonNode> events = server.run("SELECT GENERATE(x) FROM " + THREE);
      assertEquals("[[\"A\"],[\"B\"]]", rows(events));
      assertTrue(
          ofType(events, "cut").getFirst().path("message").asText().contains("2 rows"),
          events.toString());
      assertEquals("done", events.getLast().path("type").asText());
      assertEquals(2, shouting.calls());
    }
    var narrow = new ConsoleLimits(100, 10, 1, 60, 8, Duration.ofHours(1), Duration.ZERO);
    try (var server = ConsoleServer.of(shouting, narrow)) {
      List<JsonNode> events =
          server.run("SELECT x || '0123456789' FROM (VALUES ('a'), ('b')) AS t (x)");
      assertEquals("[[\"a0123456789\"]]", rows(events));
      assertEquals(1, ofType(events, "cut").getFirst().path("rows").asInt());
    }
  }

  @Test
  void aStatementThatRunsTooLongIsEnded() throws Exception {
    var limits = new ConsoleLimits(100, 1000, 1, 1, 8, Duration.ofHours(1), Duration.ZERO);
    ScriptedEngine engine = silent();
    try (var server = ConsoleServer.of(engine, limits)) {
      JsonNode last = server.run("SELECT GENERATE(x) FROM " + THREE).getLast();
      assertTrue(last.path("message").asText().contains("time-out of 1 s"), last.toString());
    }
    assertEquals(0, engine.openBatches());
  }

  @Test
  void aSessionRunsOneStatementAtATime() throws Exception {
    var limits = new ConsoleLimits(100, 1000, 1, 60, 2, Duration.ofHours(1), Duration.ZERO);
    ScriptedEngine engine = silent();
    try (var server = ConsoleServer.of(engine, limits);
        var events = server.start("SELECT GENERATE(x) FROM " + THREE)) {
      events.next("started");
      HttpResponse<String> second = server.post("/quern/v1/sql", ConsoleServer.sql("SELECT 1"));
      assertEquals(429, second.statusCode(), second.body());
      var other = ConsoleServer.sql("SELECT 1").put("session", "other");
      assertEquals(200, server.post("/quern/v1/sql", other).statusCode());
    }
  }

  @Test
  void apiRoutesNeedTheKeyAndKeysDoNotMeet() throws Exception {
    ScriptedEngine engine = silent();
    var keys = new ApiKeys(List.of("first-key", "second-key"));
    try (var server = new ConsoleServer(engine, keys, ConsoleLimits.DEFAULT, _ -> {})) {
      for (String path : List.of("/quern/v1/console", "/quern/v1/tree")) {
        assertEquals(401, server.send(server.request(path)).statusCode(), path);
      }
      for (String path : List.of("/quern/v1/sql", "/quern/v1/explain", "/quern/v1/sql/x/cancel")) {
        assertEquals(401, server.post(path, ConsoleServer.sql("SELECT 1")).statusCode(), path);
      }
      assertEquals(200, server.send(server.request("/")).statusCode());
      var create = ConsoleServer.sql("CREATE VIEW own AS SELECT 1 AS x");
      var query = ConsoleServer.sql("SELECT x FROM own");
      String first = "Bearer first-key";
      assertTrue(as(server, first, "/quern/v1/sql", create).body().contains("\"done\""));
      assertTrue(as(server, first, "/quern/v1/sql", query).body().contains("[[\"1\"]]"));
      String foreign = as(server, "Bearer second-key", "/quern/v1/sql", query).body();
      assertTrue(foreign.contains("\"error\""), foreign);

      var run = ConsoleServer.sql("SELECT GENERATE('x')");
      try (var events =
          server.start(
              server
                  .request("/quern/v1/sql")
                  .header("Authorization", first)
                  .POST(ConsoleServer.body(run)))) {
        String cancel = "/quern/v1/sql/" + events.next("started").path("id").asText() + "/cancel";
        assertEquals(404, as(server, "Bearer second-key", cancel, run).statusCode());
        assertEquals(202, as(server, first, cancel, run).statusCode());
        events.next("cancelled");
      }
    }
  }

  private static HttpResponse<String> as(
      ConsoleServer server,
      String authorization,
      String path,
      com.fasterxml.jackson.databind.node.ObjectNode json)
      throws Exception {
    return server.send(
        server.request(path).header("Authorization", authorization).POST(ConsoleServer.body(json)));
  }

  @Test
  void badRequestsNameTheField() throws Exception {
    try (var server = ConsoleServer.of(shouting)) {
      for (String field : List.of("sql", "session", "at", "extra")) {
        var request = ConsoleServer.sql("SELECT 1").put(field, field.equals("at") ? 99 : -1);
        HttpResponse<String> answer = server.post("/quern/v1/sql", request);
        assertEquals(400, answer.statusCode(), field);
        assertEquals(field, ConsoleServer.read(answer).at("/error/param").asText());
      }
      assertEquals(400, server.post("/quern/v1/sql", ConsoleServer.sql(" -- ")).statusCode());
      assertEquals(400, server.send(server.request("/quern/v1/tree?nodes=0")).statusCode());
    }
  }
}
