package dev.quern.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.Routes;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a headless Chromium, by keyboard only. */
@Timeout(240)
class ConsoleBrowserTest {
  private static final String MARKUP = "<img src=x onerror=\"document.title='broken in'\">";
  private static final String TICKETS =
      """
      SELECT id, channel, body,
             CLASSIFY(body, ARRAY['billing', 'delivery', 'praise']) AS topic,
             GENERATE('Sum up in five words: ' || body, max_tokens => 16) AS summary
      FROM (VALUES
        (101, 'mail', 'I was charged twice for the same order.'),
        (102, 'phone', 'The parcel has not moved for five days.'),
        (103, CAST(NULL AS VARCHAR), 'Best headphones that I ever had, thank you!'),
        (104, '', 'Your invoice names the wrong company.'),
        (105, 'mail', 'The box arrived wet and one corner is torn.'))
        AS tickets (id, channel, body)\
      """;

  /** Calls of GENERATE that may be answered; CLASSIFY and chat need none. */
  private final Semaphore permits = new Semaphore(0);

  private final ScriptedEngine engine = new ScriptedEngine(new Script(this::answer, 0, 0));
  private Chromium browser;
  private ConsoleServer server;
  private Page page;

  private ScriptedEngine.Reply answer(String text, GenerateOptions options) {
    if (options.choices().isPresent()) {
      String lower = text.toLowerCase(Locale.ROOT).replaceFirst(".*text: ", "");
      return new ScriptedEngine.Reply.Text(
          lower.contains("charged") || lower.contains("invoice")
              ? "billing"
              : lower.contains("parcel") || lower.contains("box") ? "delivery" : "praise");
    }
    if (text.contains("for ever")) {
      return new ScriptedEngine.Reply.Silence();
    }
    if (text.contains("five words")) {
      try {
        permits.acquire();
      } catch (InterruptedException e) {
        return new ScriptedEngine.Reply.Failure("interrupted");
      }
    }
    return new ScriptedEngine.Reply.Text(
        text.contains("parcel")
            ? "Parcel stands still. " + MARKUP
            : "Customer wants this put right");
  }

  @BeforeEach
  void startChromium() throws Exception {
    var program = Chromium.find();
    Assumptions.assumeTrue(program.isPresent(), "no Chromium on the PATH");
    browser = Chromium.start(program.get());
    page = new Page(browser);
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  private void open(ApiKeys keys, Consumer<Routes.Builder> first) throws Exception {
    server = new ConsoleServer(engine, keys, ConsoleLimits.DEFAULT, first);
    page.size(1360, 860);
    page.open(server.url() + "/");
  }

  @Test
  void aQueryIsExplainedRunsIsReadAndCancelled() throws Exception {
    open(ApiKeys.NONE, _ -> {});
    page.awaitText("model", "scripted");
    assertTrue(page.focused("sql-text"));
    assertTrue(page.value("document.getElementById('sql-text').value").asText().contains("SELECT"));

    page.retype(TICKETS);
    page.press("Ctrl+Shift+E");
    page.awaitText("panel-plan", "EnumerableGenerate");
    page.awaitText("panel-plan", "after sharing");
    assertEquals(0, engine.calls());
    page.assertContrast();
    page.screenshot("plan");

    page.press("Ctrl+Enter");
    permits.release(3);
    page.awaitText("row-count", "3");
    page.awaitText("figures", "From cache");
    page.await("document.querySelectorAll('[role=treeitem]').length > 3");
    assertTrue(page.value("document.getElementById('bar').value").asDouble() < 1);
    page.assertContrast();
    page.screenshot("light");
    permits.release(2);
    page.awaitText("status", "Done: 5 rows");

    page.tabTo("grid");
    // Rows are drawn with the next frame.
    page.await("document.getElementById('active-cell')?.innerText === '101'");
    page.press("ArrowDown");
    page.press("End");
    assertTrue(page.text("active-cell").contains("<img src=x"), page.text("active-cell"));
    page.press("Enter");
    page.await("document.getElementById('cell-dialog').open");
    assertTrue(page.text("cell-text").endsWith(MARKUP));
    page.press("Escape");
    page.await("!document.getElementById('cell-dialog').open");
    assertEquals(0, page.value("document.querySelectorAll('main img').length").asInt());
    assertEquals(
        "NULL|",
        page.value(
                "[2, 3].map(r => document.querySelector(`[data-place='${r} 1']`).innerText)"
                    + ".join('|')")
            .asText());
    assertEquals(1, page.value("document.querySelectorAll('#grid .null').length").asInt());

    page.tabTo("tree");
    int shown = page.value("document.querySelectorAll('[role=treeitem]').length").asInt();
    page.press("ArrowDown");
    page.press("ArrowLeft");
    page.press("ArrowLeft");
    page.await("document.querySelectorAll('[role=treeitem]').length === 1");
    page.press("ArrowRight");
    page.await("document.querySelectorAll('[role=treeitem]').length === " + shown);

    page.tabBackTo("sql-text");
    page.retype("SELECT GENERATE('for ever')");
    page.press("Ctrl+Enter");
    page.await("!document.getElementById('cancel').disabled");
    while (engine.openBatches() == 0) {
      Thread.sleep(5);
    }
    page.press("Escape");
    page.awaitText("status", "Cancelled");
    assertEquals(0, engine.openBatches());

    page.press("Alt+ArrowUp");
    page.press("Alt+ArrowUp");
    assertEquals(TICKETS, page.value("document.getElementById('sql-text').value").asText());
    assertEquals("Quern console", page.value("document.title").asText());
    page.assertClean(server.url());
  }

  @Test
  void anErrorMovesTheCaretToItsPlace() throws Exception {
    open(ApiKeys.NONE, _ -> {});
    page.awaitText("model", "scripted");
    page.retype("SELECT 1;\nSELECT nope FROM (VALUES (1)) AS t (a)");
    page.press("Ctrl+Enter");
    page.awaitText("messages", "Line 2, column 8");
    assertEquals(17, page.value("document.getElementById('sql-text').selectionStart").asInt());
    assertEquals("2", page.value("document.querySelector('#gutter .fault').textContent").asText());
    page.assertContrast();
    page.screenshot("error");
    page.assertClean(server.url());
  }

  @Test
  void tenThousandRowsStayQuickAndMoreAreCut() throws Exception {
    open(ApiKeys.NONE, _ -> {});
    page.awaitText("model", "scripted");
    String digits = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS ";
    page.retype(
        "SELECT a.i, b.i AS j, c.i AS k, d.i AS l FROM "
            + String.join(" CROSS JOIN ", digits + "a (i)", digits + "b (i)", digits + "c (i)")
            + " CROSS JOIN "
            + digits
            + "d (i) CROSS JOIN (VALUES (0), (1)) AS e (i)");
    page.press("Ctrl+Enter");
    page.awaitText("status", "Done: 10,000 rows");
    page.awaitText("cut", "10000 rows, the most that the console shows");
    // All rows have their room once they are drawn, with the next frame.
    page.await("document.getElementById('grid').ariaRowCount === '10001'");
    page.tabTo("grid");
    page.press("Ctrl+End");
    page.await("document.querySelector('.active') !== null");
    assertEquals(
        "10001",
        page.value("document.querySelector('.active').parentElement.ariaRowIndex").asText());
    page.press("PageDown");
    page.press("Ctrl+Home");
    assertEquals("0 0", page.value("document.querySelector('.active').dataset.place").asText());
    int drawn = page.value("document.querySelectorAll('#grid [role=row]').length").asInt();
    assertTrue(drawn < 100, "drawn are " + drawn);
    page.assertClean(server.url());
  }

  @Test
  void chatAnswersStopsAndKeepsMarkupText() throws Exception {
    open(ApiKeys.NONE, _ -> {});
    page.awaitText("model", "scripted");
    page.tabBackTo("tab-sql");
    page.press("ArrowRight");
    page.await("document.getElementById('view-sql').hidden");
    page.tabTo("chat-text");
    page.type("Where is my parcel?");
    page.press("Enter");
    page.awaitText("talk", "answer tokens");
    page.awaitText("talk", MARKUP);
    page.awaitText("talk", "4 prompt tokens (0 from cache)");
    assertEquals(0, page.value("document.querySelectorAll('main img').length").asInt());
    page.screenshot("chat");

    page.type("Talk for ever");
    page.press("Enter");
    page.await("!document.getElementById('stop').disabled");
    while (engine.openBatches() == 0) {
      Thread.sleep(5);
    }
    page.press("Escape");
    page.awaitText("talk", "stopped");
    while (engine.openBatches() != 0) {
      Thread.sleep(5);
    }
    page.assertContrast();
    page.assertClean(server.url());
  }

  @Test
  void reasoningIsShownApart() throws Exception {
    List<String> chunks =
        List.of(
            "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Let me see. \"}}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Four.\"},"
                + "\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":1200,\"completion_tokens\":5,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":1100}}}",
            "[DONE]");
    open(
        ApiKeys.NONE,
        routes ->
            routes.add(
                "POST",
                "/v1/chat/completions",
                (_, reply) -> {
                  reply.start("text/event-stream; charset=utf-8");
                  for (String chunk : chunks) {
                    reply.event(chunk);
                  }
                }));
    page.awaitText("model", "scripted");
    page.tabBackTo("tab-sql");
    page.press("End");
    page.tabTo("chat-text");
    page.type("Two and two?");
    page.press("Enter");
    page.awaitText("talk", "1,200 prompt tokens (1,100 from cache)");
    assertEquals(
        "Let me see. ",
        page.value("document.querySelector('.reasoning .said-text').textContent").asText());
    assertEquals(
        "Four.",
        page.value("document.querySelector('.assistant > .said-text').textContent").asText());
    page.assertClean(server.url());
  }

  @Test
  void themeIsToggledKeptAndFitsANarrowWindow() throws Exception {
    open(ApiKeys.NONE, _ -> {});
    page.awaitText("model", "scripted");
    permits.release(5);
    page.retype(TICKETS);
    page.press("Ctrl+Enter");
    page.awaitText("status", "Done: 5 rows");
    String ground = "getComputedStyle(document.documentElement).backgroundColor";
    String light = page.value(ground).asText();
    page.tabBackTo("theme");
    page.press("Enter");
    page.await(ground + " !== " + TextNode.valueOf(light));
    assertEquals("true", page.value("document.getElementById('theme').ariaPressed").asText());
    page.await("document.querySelectorAll('[role=treeitem]').length > 3");
    page.assertContrast();
    page.screenshot("dark");

    page.size(400, 800);
    page.assertFits();
    page.screenshot("narrow");
    // A window of 1280 pixels at 200%.
    page.size(640, 400);
    page.assertFits();
    page.assertClean(server.url());

    page.open(server.url() + "/");
    page.awaitText("model", "scripted");
    assertFalse(page.value(ground).asText().equals(light), "the choice is kept");
  }

  @Test
  void theKeyIsAskedForAndStaysInTheTab() throws Exception {
    open(new ApiKeys(List.of("right-key")), _ -> {});
    page.await("document.getElementById('key-dialog').open");
    page.type("wrong-key");
    page.press("Enter");
    page.awaitText("key-reason", "does not know this key");
    page.type("right-key");
    page.press("Enter");
    page.awaitText("model", "scripted");
    page.await("document.activeElement.id === 'sql-text'");
    page.retype("SELECT 1 AS i");
    page.press("Ctrl+Enter");
    page.awaitText("status", "Done: 1 row");
    assertEquals(
        "[]", page.value("Object.values(localStorage).filter(v => v.includes('-key'))").toString());
    assertEquals("", page.value("document.cookie").asText());
    assertFalse(page.value("location.href").asText().contains("key"));
  }
}
