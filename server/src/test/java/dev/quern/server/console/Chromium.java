package dev.quern.server.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, driven over its DevTools protocol. Selenium would do the same
 * with some thirty jars more.
 */
@SuppressWarnings("try") // ending a process may be interrupted
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path profile;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final WebSocket socket;
  private final String session;

  private Chromium(Process process, Path profile) throws Exception {
    this.process = process;
    this.profile = profile;
    socket = client.newWebSocketBuilder().buildAsync(URI.create(address()), new Frames()).join();
    JsonNode target =
        send("Target.createTarget", object().put("url", "about:blank"), null).path("targetId");
    session =
        send(
                "Target.attachToTarget",
                object().put("targetId", target.asText()).put("flatten", true),
                null)
            .path("sessionId")
            .asText();
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      send(domain + ".enable", object());
    }
  }

  /** The program on the PATH, if there is one. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path program) throws Exception {
    Path profile = Files.createTempDirectory("quern-chromium");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--hide-scrollbars",
                "--window-size=1360,860"));
    if (System.getProperty("user.name").equals("root")) {
      command.add("--no-sandbox");
    }
    command.add("about:blank");
    Process process = new ProcessBuilder(command).start();
    try {
      return new Chromium(process, profile);
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Chromium tells on standard error which free port it took. */
  private String address() throws IOException {
    var errors =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    String mark = "DevTools listening on ";
    var said = new StringBuilder();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.startsWith(mark)) {
        Thread.ofVirtual().start(() -> passOver(errors));
        return line.substring(mark.length()).strip();
      }
      said.append(line).append('\n');
    }
    throw new IOException("Chromium ended at its start: " + said);
  }

  /** A full pipe would make Chromium wait. */
  private static void passOver(BufferedReader errors) {
    try {
      errors.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // Chromium has ended.
    }
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A command for the page; its result. */
  JsonNode send(String method, ObjectNode parameters) {
    return send(method, parameters, session);
  }

  private JsonNode send(String method, ObjectNode parameters, String to) {
    int id = ids.incrementAndGet();
    ObjectNode message = object().put("id", id).put("method", method);
    message.set("params", parameters);
    if (to != null) {
      message.put("sessionId", to);
    }
    var answer = new CompletableFuture<JsonNode>();
    waiting.put(id, answer);
    synchronized (this) {
      socket.sendText(message.toString(), true).join();
    }
    JsonNode json = answer.orTimeout(60, TimeUnit.SECONDS).join();
    if (json.has("error")) {
      throw new AssertionError(method + ": " + json.path("error"));
    }
    return json.path("result");
  }

  /** The value of a JavaScript expression, or of the promise that it is. */
  JsonNode evaluate(String expression) {
    JsonNode result =
        send(
            "Runtime.evaluate",
            object()
                .put("expression", expression)
                .put("returnByValue", true)
                .put("awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.path("exceptionDetails"));
    }
    return result.path("result").path("value");
  }

  /** Events of the page so far. */
  List<JsonNode> events(String method) {
    return events.stream().filter(e -> e.path("method").asText().equals(method)).toList();
  }

  /** Puts messages together from their parts. */
  private final class Frames implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        accept(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void accept(String message) {
      try {
        JsonNode json = JSON.readTree(message);
        if (json.has("id")) {
          waiting.remove(json.path("id").asInt()).complete(json);
        } else {
          events.add(json);
        }
      } catch (IOException e) {
        throw new AssertionError(message, e);
      }
    }
  }

  /** What another process of Chromium's deletes meanwhile is no failure. */
  private static void delete(File file) {
    File[] inside = Files.isSymbolicLink(file.toPath()) ? null : file.listFiles();
    if (inside != null) {
      for (File each : inside) {
        delete(each);
      }
    }
    file.delete();
  }

  @Override
  public void close() throws InterruptedException {
    socket.abort();
    client.shutdownNow();
    client.close();
    // Its helpers end with it; the profile can go when the last has.
    List<ProcessHandle> helpers = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    helpers.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle helper : helpers) {
      helper.onExit().join();
    }
    delete(profile.toFile());
  }
}
