package dev.quern.server.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.quern.connectors.FileAccess;
import dev.quern.server.SessionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClient.ClientStreamListener;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parameters that clients put, wholly or not. */
@Timeout(120)
@SuppressWarnings("try") // the clients' close() may be interrupted
class FlightPutTest {
  private static final CallOption[] PLAIN = {};
  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void memoryIsBack() {
    allocator.close();
  }

  private FlightClient client(TestServer server) {
    return FlightClient.builder(
            allocator, Location.forGrpcInsecure("127.0.0.1", server.endpoint().port()))
        .build();
  }

  private static ByteString prepare(FlightClient client, String sql) throws Exception {
    Message request =
        FlightSql.ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build();
    var result = client.doAction(new Action("CreatePreparedStatement", bytes(request))).next();
    return Any.parseFrom(result.getBody())
        .unpack(FlightSql.ActionCreatePreparedStatementResult.class)
        .getPreparedStatementHandle();
  }

  private static byte[] bytes(Message message) {
    return Any.pack(message).toByteArray();
  }

  private static FlightDescriptor query(ByteString handle) {
    return FlightDescriptor.command(
        bytes(
            FlightSql.CommandPreparedStatementQuery.newBuilder()
                .setPreparedStatementHandle(handle)
                .build()));
  }

  private static FlightDescriptor update(ByteString handle) {
    return FlightDescriptor.command(
        bytes(
            FlightSql.CommandPreparedStatementUpdate.newBuilder()
                .setPreparedStatementHandle(handle)
                .build()));
  }

  /** A put of one text a batch, so many batches, whose end the caller may send or not. */
  private ClientStreamListener put(
      FlightClient client,
      FlightDescriptor descriptor,
      AsyncPutListener listener,
      String text,
      int batches) {
    try (var vector = new VarCharVector("p", allocator);
        var batch = new VectorSchemaRoot(List.of(vector))) {
      vector.setSafe(0, text.getBytes(StandardCharsets.UTF_8));
      batch.setRowCount(1);
      ClientStreamListener put = client.startPut(descriptor, batch, listener, PLAIN);
      for (int i = 0; i < batches; i++) {
        put.putNext();
      }
      return put;
    }
  }

  private static FlightRuntimeException refused(FlightStatusCode code, AsyncPutListener put) {
    FlightRuntimeException e = assertThrows(FlightRuntimeException.class, put::getResult);
    assertEquals(code, e.status().code(), e.getMessage());
    return e;
  }

  private static void awaitCalls(TestServer server, int calls) throws InterruptedException {
    while (server.endpoint().calls() != calls) {
      Thread.sleep(5);
    }
  }

  @Test
  void aPutThatStallsDoesNotOutliveTheServer() throws Exception {
    TestServer server = TestServer.start();
    try (FlightClient client = client(server)) {
      for (boolean isQuery : List.of(true, false)) {
        ByteString handle = prepare(client, "SELECT CAST(? AS VARCHAR)");
        put(
            client,
            isQuery ? query(handle) : update(handle),
            new AsyncPutListener(),
            "silent from now on",
            1);
      }
      awaitCalls(server, 2);
      long begin = System.nanoTime();
      server.close();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertTrue(took.compareTo(Duration.ofSeconds(8)) < 0, took::toString);
      assertEquals(0, server.endpoint().sessions());
    }
  }

  @Test
  void aPutThatStallsEndsWithItsSession() throws Exception {
    try (TestServer server = TestServer.start();
        FlightClient client = client(server)) {
      ByteString handle = prepare(client, "SELECT CAST(? AS VARCHAR)");
      var listener = new AsyncPutListener();
      put(client, query(handle), listener, "silent from now on", 1);
      awaitCalls(server, 1);
      client.doAction(new Action("CloseSession", new byte[0])).forEachRemaining(_ -> {});
      refused(FlightStatusCode.CANCELLED, listener);
      assertEquals(0, server.endpoint().sessions());
    }
  }

  @Test
  void aPutThatStallsIsEndedInTime() throws Exception {
    var limits = new SessionLimits(9, 9, 1, 9, 2, Duration.ofMinutes(30));
    try (TestServer server = TestServer.start(limits, List.of(), FileAccess.none());
        FlightClient client = client(server)) {
      ByteString handle = prepare(client, "SELECT CAST(? AS VARCHAR)");
      var listener = new AsyncPutListener();
      put(client, query(handle), listener, "silent from now on", 1);
      FlightRuntimeException e = refused(FlightStatusCode.TIMED_OUT, listener);
      assertTrue(e.getMessage().contains("parameters must come within 1 s"), e.getMessage());
    }
  }

  private FlightRuntimeException tooMuch(FlightClient client, FlightDescriptor to, int batches) {
    var listener = new AsyncPutListener();
    put(client, to, listener, "x".repeat(5 << 20), batches);
    return refused(FlightStatusCode.RESOURCE_EXHAUSTED, listener);
  }

  private void bind(FlightClient client, FlightDescriptor to, int batches) {
    var listener = new AsyncPutListener();
    put(client, to, listener, "x".repeat(5 << 20), batches).completed();
    listener.getResult();
  }

  @Test
  void parametersAreLimitedByTheirBytes() throws Exception {
    try (TestServer server = TestServer.start();
        FlightClient client = client(server)) {
      // 10 MiB a value in memory: 64 MiB a call, 128 MiB a session.
      String sql = "SELECT CHAR_LENGTH(CAST(? AS VARCHAR))";
      ByteString first = prepare(client, sql);
      FlightRuntimeException call = tooMuch(client, query(first), 7);
      assertTrue(call.getMessage().contains("more than 64 MiB"), call.getMessage());
      bind(client, query(first), 6);
      // Kept by a result that nobody fetches, although the statement is bound anew.
      FlightInfo unfetched = client.getInfo(query(first));
      bind(client, query(first), 3);
      ByteString second = prepare(client, sql);
      FlightRuntimeException session = tooMuch(client, query(second), 4);
      assertTrue(session.getMessage().contains("more than 128 MiB"), session.getMessage());
      bind(client, query(second), 3);
      int rows = 0;
      try (FlightStream stream =
          client.getStream(unfetched.getEndpoints().getFirst().getTicket())) {
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
      }
      assertEquals(6, rows);
      bind(client, query(second), 4);
    }
  }
}
