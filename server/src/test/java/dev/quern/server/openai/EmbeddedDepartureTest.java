package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LocalEngine;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Clients of the embedded model that hang up: the engine goes on without their rows. */
class EmbeddedDepartureTest {
  private static final int LONG = 4000;

  @Test
  void rowsOfAClientThatLeftEndFarBeforeTheirAnswers() throws Exception {
    try (var engine =
            LocalEngine.open(
                EngineOptions.parse(Map.of("model", "../executor/embedded-model")), _ -> {});
        var server = OpenServer.start(engine)) {
      for (String stream : List.of("true", "false")) {
        long before = engine.statistics().tokens().generated();
        String body =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Count\"}],\"n\":3,\"ignore_eos\":true,"
                + "\"temperature\":1,\"max_tokens\":"
                + LONG
                + ",\"stream\":"
                + stream
                + "}";
        try (var socket =
            new Socket(InetAddress.getLoopbackAddress(), server.endpoint().address().getPort())) {
          socket
              .getOutputStream()
              .write(
                  ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body)
                      .getBytes(StandardCharsets.US_ASCII));
          await(() -> engine.statistics().tokens().generated() > before + 10);
          assertEquals(3, engine.statistics().running());
        }
        await(() -> engine.statistics().running() + engine.statistics().waiting() == 0);
        long drawn = engine.statistics().tokens().generated() - before;
        assertTrue(drawn < LONG, drawn + " tokens of " + 3 * LONG);
      }
      assertTrue(
          server
              .post("/v1/completions", "{\"prompt\":\"One, two\",\"max_tokens\":1}")
              .body()
              .contains("text_completion"));
    }
  }

  private static void await(BooleanSupplier what) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!what.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "waited for a minute");
      Thread.sleep(5);
    }
  }
}
