package dev.quern.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.ScriptedEngine;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The console's files, plans, tree and examples, over HTTP. */
@Timeout(120)
class ConsolePagesTest {
  private final ScriptedEngine engine = ScriptedEngine.answering(text -> "<" + text + ">");

  @Test
  void filesComeWithHeadersThatKeepForeignScriptsOut() throws Exception {
    try (var server = ConsoleServer.of(engine)) {
      HttpResponse<String> page = server.send(server.request("/"));
      assertEquals(200, page.statusCode());
      String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
      assertTrue(policy.startsWith("default-src 'self';"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElseThrow());
      String tag = page.headers().firstValue("ETag").orElseThrow();
      HttpResponse<String> again = server.send(server.request("/").header("If-None-Match", tag));
      assertEquals(304, again.statusCode());
      assertEquals("", again.body());
      assertEquals(404, server.send(server.request("/console/nope.js")).statusCode());
      assertEquals(404, server.send(server.request("/console/..%2findex.html")).statusCode());
    }
  }

  @Test
  void allThatThePageLoadsIsServed() throws Exception {
    try (var server = ConsoleServer.of(engine)) {
      String page = server.send(server.request("/")).body();
      List<String> loaded = matches(page, "(?:src|href)=\"(/[^\"]*)\"");
      assertTrue(loaded.size() >= 4, loaded.toString());
      for (String path : loaded) {
        assertEquals(200, server.send(server.request(path)).statusCode(), path);
      }
      String app = server.send(server.request("/console/app.js")).body();
      for (String module : matches(app, "from '\\./([a-z.]+)'")) {
        HttpResponse<String> script = server.send(server.request("/console/" + module));
        assertEquals(200, script.statusCode(), module);
        assertEquals(
            "text/javascript; charset=utf-8",
            script.headers().firstValue("Content-Type").orElseThrow());
      }
      assertEquals(List.of(), matches(page, "(<script>|\\son[a-z]+=|\\sstyle=)"));
    }
  }

  private static List<String> matches(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(ConsolePagesTest::first).toList();
  }

  private static String first(MatchResult match) {
    return match.group(1);
  }

  @Test
  void explainTellsPlanAndEstimateAndSpendsNoToken() throws Exception {
    try (var server = ConsoleServer.of(engine)) {
      var request =
          ConsoleServer.sql(
              "SELECT 1; SELECT GENERATE('say ' || x, max_tokens => 4) FROM (VALUES ('a'), ('b'))"
                  + " AS t (x)");
      JsonNode plan = ConsoleServer.read(server.post("/quern/v1/explain", request));
      assertTrue(plan.path("plan").asText().contains("EnumerableGenerate"), plan.toString());
      assertFalse(plan.path("plan").asText().contains("estimate"), plan.toString());
      JsonNode figures = plan.at("/estimates/0/figures");
      assertEquals("{\"label\":\"rows\",\"value\":\"2\"}", figures.path(0).toString());
      assertEquals("{\"label\":\"prompt tokens\",\"value\":\"4\"}", figures.path(2).toString());
      assertEquals(0, engine.batches());

      JsonNode first = ConsoleServer.read(server.post("/quern/v1/explain", request.put("at", 3)));
      assertFalse(first.path("plan").asText().contains("Generate"), first.toString());
    }
  }

  @Test
  void explainTellsThePlaceOfAnError() throws Exception {
    try (var server = ConsoleServer.of(engine)) {
      HttpResponse<String> answer =
          server.post(
              "/quern/v1/explain", ConsoleServer.sql("\n SELECT nope FROM (VALUES (1)) AS t (a)"));
      assertEquals(400, answer.statusCode());
      JsonNode error = ConsoleServer.read(answer).path("error");
      assertEquals(2, error.path("line").asInt(), error.toString());
      assertEquals(9, error.path("column").asInt(), error.toString());
    }
  }

  @Test
  void treeTellsNodesAndWhatIsLeftOut() throws Exception {
    try (var server = ConsoleServer.of(engine)) {
      assertEquals(0, server.get("/quern/v1/tree").path("children").size());
      server.run("SELECT GENERATE('x')");
      JsonNode tree = server.get("/quern/v1/tree?nodes=5");
      assertEquals(388, tree.path("treeTokens").asInt());
      JsonNode node = tree.at("/children/0");
      assertEquals(96, node.path("cachedTokens").asInt());
      assertEquals(3, node.path("children").size());
      assertEquals(21, node.at("/rest/rows").asInt());
      assertTrue(tree.path("rest").isMissingNode());
    }
  }

  @Test
  void everyExampleRuns() throws Exception {
    try (var server = ConsoleServer.of(engine)) {
      JsonNode about = server.get("/quern/v1/console");
      assertEquals("scripted", about.path("model").asText());
      assertTrue(about.path("examples").size() >= 3);
      for (JsonNode example : about.path("examples")) {
        JsonNode last = server.run(example.path("sql").asText()).getLast();
        assertEquals("done", last.path("type").asText(), example + " " + last);
        assertTrue(last.path("engineCalls").asInt() > 0, example.toString());
      }
    }
  }
}
