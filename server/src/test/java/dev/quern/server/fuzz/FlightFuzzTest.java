package dev.quern.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.RunningServer;
import dev.quern.server.flight.ByteMessages;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

/**
 * Whatever a client sends to the Flight port: calls end with a status that blames the client,
 * connections end, nothing is left behind. The same properties as of HttpFuzzTest.
 */
class FlightFuzzTest {
  private static final int AT_ONCE = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new ByteMessages();

  /** What Flight answers by itself to messages that it cannot decode further. */
  private static final Set<String> UNDECODABLE =
      Set.of("There was an error servicing your request.", "Could not unpack");

  @Test
  void anythingIsAnsweredOrClosedAndLeavesNothingBehind() throws Exception {
    int requests = Integer.getInteger("quern.fuzz.requests", 1500);
    long seed = Long.getLong("quern.fuzz.seed", 1);
    var log = new ByteArrayOutputStream();
    try (var engine = ScriptedEngine.answering(text -> "an answer");
        var server =
            RunningServer.start(
                engine,
                ApiKeys.NONE,
                HttpLimits.DEFAULT,
                new PrintStream(log, true, StandardCharsets.UTF_8))) {
      log.reset();
      int port = server.flight().getPort();
      assertEquals(1, rows(port), "before");
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      try {
        int first = Math.min(requests, Math.max(300, requests / 5));
        List<String> faults = new ArrayList<>(play(channel, server, seed, first));
        long heap = heapAfterGc();
        faults.addAll(play(channel, server, seed + first, requests - first));
        assertTrue(faults.isEmpty(), () -> faults.size() + " faults: " + String.join("\n", faults));
        assertEquals(1, rows(port), "a good query after them");
        long grown = heapAfterGc() - heap;
        assertTrue(grown < 24 << 20, grown + " bytes of heap were left behind");
      } finally {
        channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
      }
      assertEquals(0, engine.openBatches());
    }
    assertEquals("", log.toString(StandardCharsets.UTF_8), "the server's own failures");
  }

  private List<String> play(ManagedChannel channel, RunningServer server, long seed, int count)
      throws Exception {
    var wire = new Wire(server.flight(), PATIENCE);
    return new Players(AT_ONCE)
        .play(
            seed,
            count,
            own ->
                () -> {
                  var random = new Random(own * 0x9E3779B97F4A7C15L + 1);
                  return random.nextInt(4) == 0
                      ? connection(wire, FlightCases.connection(own, random))
                      : call(channel, own, FlightCases.call(random));
                });
  }

  private static String connection(Wire wire, WireCase given) throws Exception {
    try {
      wire.play(given);
      return "";
    } catch (Wire.HangException | IOException e) {
      return e + " after " + given;
    }
  }

  private static String call(ManagedChannel channel, long seed, FlightCases.Call call) {
    // Every kind of call takes one message here and gets what comes.
    var method =
        MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
            .setFullMethodName("arrow.flight.protocol.FlightService/" + call.method())
            .build();
    try {
      ClientCalls.blockingServerStreamingCall(
              channel,
              method,
              CallOptions.DEFAULT.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS),
              call.message())
          .forEachRemaining(_ -> {});
      return "";
    } catch (StatusRuntimeException e) {
      return blamesClient(call, e.getStatus())
          ? ""
          : e.getStatus()
              + " after "
              + call
              + " (-Dquern.fuzz.seed="
              + seed
              + " -Dquern.fuzz.requests=1)";
    }
  }

  private static boolean blamesClient(FlightCases.Call call, Status status) {
    return switch (status.getCode()) {
      case INTERNAL, UNKNOWN ->
          !call.decodable()
              && UNDECODABLE.stream().anyMatch(String.valueOf(status.getDescription())::startsWith);
      case DEADLINE_EXCEEDED, DATA_LOSS, UNAVAILABLE -> false;
      default -> true;
    };
  }

  @SuppressWarnings("try") // their close() may be interrupted
  private static int rows(int port) throws Exception {
    try (var allocator = new RootAllocator();
        var client =
            new FlightSqlClient(
                FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port))
                    .build())) {
      var info = client.execute("SELECT 1 AS a");
      try (var stream = client.getStream(info.getEndpoints().getFirst().getTicket())) {
        int rows = 0;
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
        return rows;
      }
    }
  }

  private static long heapAfterGc() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
