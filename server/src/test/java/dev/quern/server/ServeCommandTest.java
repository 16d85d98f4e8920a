package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.query.Cancellation;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user starts it, but for the engine. */
class ServeCommandTest {
  @TempDir Path folder;

  private final CapturedConsole console = CapturedConsole.withoutInput();
  private final ByHand end = new ByHand();
  private final List<EngineOptions> opened = new CopyOnWriteArrayList<>();

  /** Ctrl-C of the test. */
  private static final class ByHand implements Cancellation {
    private final CompletableFuture<Runnable> work = new CompletableFuture<>();

    @Override
    public Registration onRequest(Runnable cancel) {
      work.complete(cancel);
      return () -> {};
    }

    @Override
    public boolean requested() {
      return false;
    }

    void press() throws Exception {
      work.get(60, TimeUnit.SECONDS).run();
    }
  }

  @Test
  void allPortsAnswerUntilTheEndIsAskedFor() throws Exception {
    Future<Integer> command = start();
    String http = await("serving scripted on (http://[^ ]*)/v1");
    String metrics = await("metrics on (http://[^ ]*)/metrics");
    await("Flight SQL on (grpc://[^ ]*)");
    try (var client = HttpClient.newHttpClient()) {
      assertEquals(200, get(client, http + "/health").statusCode());
      assertTrue(get(client, http + "/").body().contains("<html"), "the console");
      assertTrue(get(client, http + "/v1/models").body().contains("scripted"));
      assertTrue(get(client, http + "/v1/batches").body().contains("\"data\":[]"));
      assertTrue(get(client, metrics + "/metrics").body().contains("quern_num_requests_running"));
    }
    assertEquals(100, opened.getFirst().maxStepMillis(), "chats beside a job");
    end.press();
    assertEquals(130, command.get(60, TimeUnit.SECONDS));
  }

  @Test
  void operatorsStepTimeStands() throws Exception {
    Future<Integer> command = start("--max-step-ms", "0");
    await("Flight SQL on (grpc://[^ ]*)");
    assertEquals(0, opened.getFirst().maxStepMillis());
    end.press();
    assertEquals(130, command.get(60, TimeUnit.SECONDS));
  }

  @Test
  void portInUseNamesItsOption() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (String option : List.of("--port", "--flight-port", "--metrics-port")) {
        assertEquals(2, run(option, Integer.toString(taken.getLocalPort())), option);
        assertTrue(console.errors().contains("choose another " + option), console.errors());
      }
    }
  }

  /** The command in a thread of its own; its exit code. */
  private Future<Integer> start(String... more) {
    var command = new FutureTask<>(() -> run(more));
    Thread.ofPlatform().start(command);
    return command;
  }

  private int run(String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--model",
                "../executor/embedded-model", // for its sampling defaults
                "--state-dir",
                folder.toString()));
    for (String port : List.of("--port", "--flight-port", "--metrics-port")) {
      if (!List.of(more).contains(port)) {
        arguments.addAll(List.of(port, "0"));
      }
    }
    arguments.addAll(List.of(more));
    Engines engines =
        (options, notices) -> {
          opened.add(options);
          return ScriptedEngine.answering(text -> text);
        };
    var commands = Main.commands(console.console(), _ -> null, engines, end);
    return new CommandLineInterface(console.console(), commands).run(arguments);
  }

  /** Waits until the command has said so. */
  private String await(String line) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < until) {
      Matcher found = Pattern.compile(line).matcher(console.errors());
      if (found.find()) {
        return found.group(1);
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the command never said '" + line + "': " + console.errors());
  }

  private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
