package dev.quern.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The console as a person with a keyboard sees it. */
record Page(Chromium browser) {
  private static final int ALT = 1;
  private static final int CONTROL = 2;
  private static final int SHIFT = 8;
  private static final int TABS = 40;
  private static final long PATIENCE_MILLIS = 60_000;
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private static final Map<String, Integer> CODES =
      Map.ofEntries(
          Map.entry("Tab", 9),
          Map.entry("Enter", 13),
          Map.entry("Escape", 27),
          Map.entry(" ", 32),
          Map.entry("PageDown", 34),
          Map.entry("End", 35),
          Map.entry("Home", 36),
          Map.entry("ArrowLeft", 37),
          Map.entry("ArrowUp", 38),
          Map.entry("ArrowRight", 39),
          Map.entry("ArrowDown", 40),
          Map.entry("a", 65),
          Map.entry("E", 69));

  void open(String url) throws InterruptedException {
    browser.send(
        "Page.addScriptToEvaluateOnNewDocument",
        Chromium.object()
            .put(
                "source",
                "window.violations = []; document.addEventListener('securitypolicyviolation',"
                    + " e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));"));
    browser.send("Page.navigate", Chromium.object().put("url", url));
    await("document.readyState === 'complete' && document.getElementById('model') !== null");
  }

  void size(int width, int height) {
    browser.send(
        "Emulation.setDeviceMetricsOverride",
        Chromium.object()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  /** Presses a key such as {@code Ctrl+Shift+E}, {@code Alt+ArrowUp}, {@code Tab}. */
  void press(String keys) {
    int modifiers =
        (keys.contains("Alt+") ? ALT : 0)
            + (keys.contains("Ctrl+") ? CONTROL : 0)
            + (keys.contains("Shift+") ? SHIFT : 0);
    String key = keys.substring(keys.lastIndexOf('+') + 1);
    ObjectNode down =
        Chromium.object()
            .put("type", "rawKeyDown")
            .put("key", key)
            .put("code", key.length() == 1 ? "Key" + key.toUpperCase(java.util.Locale.ROOT) : key)
            .put("windowsVirtualKeyCode", CODES.get(key))
            .put("modifiers", modifiers);
    if (modifiers == 0 && (key.equals("Enter") || key.equals(" "))) {
      down.put("type", "keyDown").put("text", key.equals(" ") ? " " : "\r");
    }
    if (keys.equals("Ctrl+a")) {
      down.putArray("commands").add("selectAll");
    }
    browser.send("Input.dispatchKeyEvent", down);
    browser.send("Input.dispatchKeyEvent", down.deepCopy().put("type", "keyUp"));
  }

  void type(String text) {
    browser.send("Input.insertText", Chromium.object().put("text", text));
  }

  /** Replaces the text of the focused field. */
  void retype(String text) {
    press("Ctrl+a");
    type(text);
  }

  /** Tabs until the element has the focus. */
  void tabTo(String id) {
    tab(id, "Tab");
  }

  void tabBackTo(String id) {
    tab(id, "Shift+Tab");
  }

  private void tab(String id, String key) {
    for (int i = 0; i < TABS; i++) {
      if (focused(id)) {
        return;
      }
      press(key);
    }
    throw new AssertionError("#" + id + " is not reached by " + key);
  }

  boolean focused(String id) {
    return value("document.activeElement.closest('#" + id + "') !== null").asBoolean();
  }

  JsonNode value(String expression) {
    return browser.evaluate(expression);
  }

  String text(String id) {
    return value("document.getElementById('" + id + "').innerText").asText();
  }

  void await(String condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (!value("Boolean(" + condition + ")").asBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "never: " + condition + "; the page says: " + value("document.body.innerText"));
      }
      Thread.sleep(20);
    }
  }

  void awaitText(String id, String part) throws InterruptedException {
    await(
        "document.getElementById('"
            + id
            + "').innerText.includes("
            + com.fasterxml.jackson.databind.node.TextNode.valueOf(part)
            + ")");
  }

  void screenshot(String name) throws IOException {
    String data =
        browser
            .send("Page.captureScreenshot", Chromium.object().put("format", "png"))
            .path("data")
            .asText();
    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(data));
  }

  /** Nothing is wider than the window. */
  void assertFits() {
    assertTrue(
        value("document.documentElement.scrollWidth <= innerWidth").asBoolean(),
        () -> "wider than the window: " + value("document.documentElement.scrollWidth"));
  }

  /** Every text in sight stands out from its ground by 4.5:1 (WCAG 2.2, 1.4.3). */
  void assertContrast() {
    JsonNode faint =
        value(
            """
            (() => {
              const canvas = document.createElement('canvas');
              canvas.width = canvas.height = 1;
              const context = canvas.getContext('2d', { willReadFrequently: true });
              const rgba = (color) => {
                context.clearRect(0, 0, 1, 1);
                context.fillStyle = color;
                context.fillRect(0, 0, 1, 1);
                return Array.from(context.getImageData(0, 0, 1, 1).data);
              };
              const light = ([r, g, b]) => {
                const [x, y, z] = [r, g, b].map((c) => c / 255)
                  .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * x + 0.7152 * y + 0.0722 * z;
              };
              const ground = (element) => {
                for (let e = element; e; e = e.parentElement) {
                  const color = rgba(getComputedStyle(e).backgroundColor);
                  if (color[3] === 255) return color;
                }
                return [255, 255, 255];
              };
              const faint = [];
              const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) {
                const element = texts.currentNode.parentElement;
                if (texts.currentNode.data.trim() === '' || !element.checkVisibility()
                    || element.closest(':disabled, .visually-hidden')) continue;
                const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))]
                  .sort((x, y) => y - x);
                const ratio = (a + 0.05) / (b + 0.05);
                if (ratio < 4.5) faint.push(texts.currentNode.data.trim() + ' ' + ratio.toFixed(2));
              }
              return faint;
            })()
            """);
    assertEquals("[]", faint.toString());
  }

  /** No script failed, nothing was refused by the policy, nothing was asked of another server. */
  void assertClean(String url) {
    assertEquals("[]", value("window.violations").toString());
    assertEquals(List.of(), browser.events("Runtime.exceptionThrown"));
    assertEquals(
        List.of(),
        browser.events("Log.entryAdded").stream()
            .map(e -> e.at("/params/entry"))
            .filter(e -> e.path("level").asText().equals("error"))
            .map(e -> e.path("text").asText() + " " + e.path("url").asText())
            .toList());
    assertEquals(
        List.of(),
        browser.events("Network.requestWillBeSent").stream()
            .map(e -> e.at("/params/request/url").asText())
            .filter(asked -> !asked.startsWith(url + "/"))
            .toList());
  }
}
