package dev.quern.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.RunningServer;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whatever a client sends: no 5xx, no hang, nothing left behind. {@code
 * -Dquern.fuzz.requests=10000} for more, {@code -Dquern.fuzz.seed=N} from another one.
 */
class HttpFuzzTest {
  private static final int BODY_LIMIT = 64 << 10;
  private static final int AT_ONCE = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final WireCase GOOD =
      new WireCase(
          0,
          "good request",
          List.of(
              new WireCase.Send(
                  HttpCases.post(
                      "/v1/chat/completions",
                      HttpCases.ascii(
                          "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")))),
          1);

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void anythingIsAnsweredOrClosedAndLeavesNothingBehind() throws Exception {
    int requests = Integer.getInteger("quern.fuzz.requests", 1500);
    long seed = Long.getLong("quern.fuzz.seed", 1);
    var log = new ByteArrayOutputStream();
    var engine = ScriptedEngine.answering(text -> "a few words of an answer");
    var lines = new PrintStream(log, true, StandardCharsets.UTF_8);
    // Giving up soon ends cases that fall silent; those that are owed an answer get it from a
    // server
    // with time, as on a busy machine their own client may be the one that is late.
    try (var hasty = start(engine, lines, Duration.ofMillis(400));
        var patient = start(engine, lines, PATIENCE)) {
      // What they say of their start.
      log.reset();
      var wire = new Wires(new Wire(hasty.http(), PATIENCE), new Wire(patient.http(), PATIENCE));
      var cases = new HttpCases(BODY_LIMIT);
      int first = Math.min(requests, Math.max(300, requests / 5));
      List<String> faults = new ArrayList<>(play(wire, cases, seed, first));
      long heap = heapAfterGc();
      faults.addAll(play(wire, cases, seed + first, requests - first));
      assertTrue(faults.isEmpty(), () -> faults.size() + " faults: " + String.join("\n", faults));
      var answers = Answers.parse(wire.play(GOOD));
      assertEquals(200, answers.all().getFirst().status(), answers.toString());
      awaitNoOpenBatch(engine);
      long grown = heapAfterGc() - heap;
      assertTrue(grown < 16 << 20, grown + " bytes of heap were left behind");
      long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
      assertTrue(direct <= 64 << 20, direct + " bytes of direct memory");
    }
    assertEquals("", log.toString(StandardCharsets.UTF_8), "the server's own failures");
  }

  private record Wires(Wire hasty, Wire patient) {
    byte[] play(WireCase given) throws Exception {
      return (given.answers() > 0 ? patient : hasty).play(given);
    }
  }

  private List<String> play(Wires wire, HttpCases cases, long seed, int count) throws Exception {
    return new Players(AT_ONCE).play(seed, count, own -> () -> play(wire, cases.of(own)));
  }

  private String play(Wires wire, WireCase given) throws Exception {
    String fault;
    try {
      byte[] received = wire.play(given);
      fault = given.resets() ? "" : Answers.parse(received).faults(given, json);
    } catch (Wire.HangException | IOException | IllegalArgumentException e) {
      fault = e.toString();
    }
    return fault.isEmpty() ? "" : fault + " after " + given;
  }

  private static void awaitNoOpenBatch(ScriptedEngine engine) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (engine.openBatches() > 0 && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertEquals(0, engine.openBatches(), "requests that still run for clients that have gone");
  }

  private static long heapAfterGc() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static RunningServer start(GenerateEngine engine, PrintStream log, Duration requestTime) {
    return RunningServer.start(
        engine,
        ApiKeys.NONE,
        new HttpLimits(BODY_LIMIT, 512, 512, 4096, requestTime, Duration.ofSeconds(10)),
        log);
  }
}
