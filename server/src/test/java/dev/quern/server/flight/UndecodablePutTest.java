package dev.quern.server.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Puts that Flight would not decode: they end, say why, and leave no memory and no thread. */
@Timeout(120)
@SuppressWarnings("try") // the clients' close() may be interrupted
class UndecodablePutTest {
  private static final byte[] NOTHING = {};

  /** All loggers would show what other servers of this process say at their end. */
  private static final List<Logger> LIBRARIES =
      List.of(
          Logger.getLogger("io.grpc"),
          Logger.getLogger("io.netty"),
          Logger.getLogger("org.apache.arrow"));

  private static final CommandStatementUpdate UPDATE =
      CommandStatementUpdate.newBuilder().setQuery("CREATE VIEW v AS SELECT 1 AS a").build();

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void memoryIsBack() {
    allocator.close();
  }

  /** A message as it travels: header and body. */
  private record Encoded(byte[] header, byte[] body) {}

  private record Parameters(byte[] schema, Encoded batch) {}

  /** Three rows for a number and a text. */
  private Parameters parameters() throws Exception {
    try (var numbers = new BigIntVector("a", allocator);
        var texts = new VarCharVector("b", allocator)) {
      for (int row = 0; row < 3; row++) {
        numbers.setSafe(row, row);
        texts.setSafe(row, ("text " + row).getBytes(UTF_8));
      }
      numbers.setValueCount(3);
      texts.setValueCount(3);
      var root = VectorSchemaRoot.of(numbers, texts);
      byte[] schema =
          bytes(MessageSerializer.serializeMetadata(root.getSchema(), IpcOption.DEFAULT));
      try (var batch = new VectorUnloader(root).getRecordBatch()) {
        var body = new ByteArrayOutputStream();
        MessageSerializer.writeBatchBuffers(new WriteChannel(Channels.newChannel(body)), batch);
        return new Parameters(
            schema,
            new Encoded(
                bytes(MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT)),
                body.toByteArray()));
      }
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private FlightSqlClient client(TestServer server) {
    return new FlightSqlClient(
        FlightClient.builder(
                allocator, Location.forGrpcInsecure("127.0.0.1", server.endpoint().port()))
            .build());
  }

  private static void refused(String sentence, Status status) {
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
    assertTrue(status.getDescription().contains(sentence), status::toString);
  }

  private static byte[] join(byte[] first, byte... rest) {
    byte[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }

  @Test
  void eachFaultIsNamedAndLeavesNoMemory() throws Exception {
    Parameters good = parameters();
    byte[] mebibyte = new byte[1 << 20];
    byte[] schema = RawPut.data(good.schema(), NOTHING).build().toByteArray();
    byte[] batch = RawPut.data(good.batch().header(), good.batch().body()).build().toByteArray();
    var records = new ConcurrentLinkedQueue<LogRecord>();
    Handler handler = handler(records);
    LIBRARIES.forEach(logger -> logger.addHandler(handler));
    try (TestServer server = TestServer.start();
        RawPut put = RawPut.to(server, "DoPut")) {
      // Waits for its parameters: an update would run, and might end, before the fault came.
      byte[] command = prepared(put);
      refused("must name a command", put.send(List.of()));
      refused("must name a command", put.send(List.of(schema)));
      refused("a path", put.send(List.of(new byte[] {10, 2, 8, 1})));
      refused("cannot be decoded", put.send(List.of("no message".getBytes(UTF_8))));
      refused("cannot be decoded", put.send(List.of(command, join(new byte[] {18}, MINUS_ONE))));
      refused("cannot be decoded", put.send(List.of(command, join(BODY, MINUS_ONE))));
      refused("cannot be decoded", put.send(List.of(command, join(BODY, TWO_GIBIBYTES))));
      byte[] two = RawPut.data(new byte[] {1, 2, 3, 4, 5}, mebibyte).build().toByteArray();
      refused("cannot be decoded", put.send(List.of(command, two)));
      refused(
          "cannot be decoded",
          put.send(List.of(command, schema, join(batch, new byte[] {10, 3, 1, 1, 1}))));
      refused("before its schema", put.send(List.of(command, batch)));
      refused("second schema", put.send(List.of(command, schema, schema)));
      byte[] longer = RawPut.data(new byte[300_000], mebibyte).build().toByteArray();
      refused("bind fewer", put.send(List.of(command, longer)));
      byte[] cut = RawPut.data(good.batch().header(), new byte[8]).build().toByteArray();
      refused("a batch is malformed", put.send(List.of(command, schema, cut)));
      server.awaitNoMemory("a malformed batch");
      try (FlightSqlClient client = client(server)) {
        assertEquals(0, client.executeUpdate("CREATE VIEW w AS SELECT 1 AS a"));
      }
    } finally {
      LIBRARIES.forEach(logger -> logger.removeHandler(handler));
    }
    assertEquals(List.of(), records.stream().map(r -> r.getLoggerName() + r.getMessage()).toList());
  }

  /** The tag of a body, with no length yet. */
  private static final byte[] BODY = {(byte) 0xc2, 0x3e};

  private static final byte[] MINUS_ONE = {-1, -1, -1, -1, 15};
  private static final byte[] TWO_GIBIBYTES = {-1, -1, -1, -1, 7};

  private static Handler handler(ConcurrentLinkedQueue<LogRecord> records) {
    return new Handler() {
      @Override
      public void publish(LogRecord entry) {
        records.add(entry);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void whatNobodyReadsIsNotKept() throws Exception {
    byte[] mebibyte = new byte[1 << 20];
    byte[] command =
        RawPut.command(UPDATE)
            .setAppMetadata(ByteString.copyFrom(mebibyte))
            .setDataBody(ByteString.copyFrom(mebibyte))
            .build()
            .toByteArray();
    byte[] schema = RawPut.data(parameters().schema(), mebibyte).build().toByteArray();
    try (TestServer server = TestServer.start();
        RawPut put = RawPut.to(server, "DoPut")) {
      List<byte[]> messages = new ArrayList<>(List.of(command, schema));
      for (int i = 0; i < 10; i++) {
        messages.add(command);
      }
      assertEquals(Status.Code.OK, put.send(messages).getCode());
      server.awaitNoMemory("messages that nobody reads");
    }
  }

  @Test
  void changedBatchesEndTheirCallsAndLeaveNoMemory() throws Exception {
    Parameters good = parameters();
    var outcomes = new TreeMap<Status.Code, Integer>();
    try (TestServer server = TestServer.start();
        RawPut put = RawPut.to(server, "DoPut")) {
      byte[] command = prepared(put);
      for (int seed = 0; seed < 600; seed++) {
        var random = new Random(seed * 0x9E3779B97F4A7C15L);
        Parameters sent =
            switch (seed % 3) {
              case 0 -> new Parameters(changed(good.schema(), random), good.batch());
              case 1 ->
                  new Parameters(
                      good.schema(),
                      new Encoded(changed(good.batch().header(), random), good.batch().body()));
              default ->
                  new Parameters(
                      good.schema(),
                      new Encoded(good.batch().header(), changed(good.batch().body(), random)));
            };
        Status status =
            put.send(
                List.of(
                    command,
                    RawPut.data(sent.schema(), NOTHING).build().toByteArray(),
                    RawPut.data(sent.batch().header(), sent.batch().body()).build().toByteArray()));
        outcomes.merge(status.getCode(), 1, Integer::sum);
        server.awaitNoMemory("seed " + seed + ": " + status);
      }
      // Some changes make other values, most make nonsense.
      assertEquals(Set.of(Status.Code.OK, Status.Code.INVALID_ARGUMENT), outcomes.keySet());
    }
  }

  /** The first message of a put of parameters. */
  private byte[] prepared(RawPut put) throws Exception {
    return RawPut.command(
            CommandPreparedStatementQuery.newBuilder()
                .setPreparedStatementHandle(prepare(put))
                .build())
        .build()
        .toByteArray();
  }

  /** In the session of the connection that puts. */
  private ByteString prepare(RawPut put) throws Exception {
    var request =
        ActionCreatePreparedStatementRequest.newBuilder()
            .setQuery("SELECT CAST(? AS BIGINT), CAST(? AS VARCHAR)")
            .build();
    var action = new Action("CreatePreparedStatement", Any.pack(request).toByteArray());
    try (FlightClient client =
        FlightGrpcUtils.createFlightClientWithSharedChannel(allocator, put.channel())) {
      byte[] result = client.doAction(action).next().getBody();
      return Any.parseFrom(result)
          .unpack(ActionCreatePreparedStatementResult.class)
          .getPreparedStatementHandle();
    }
  }

  private static byte[] changed(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    return changed;
  }

  @Test
  void putsThatSayNothingHoldNoThreadAndOthersGoOn() throws Exception {
    try (TestServer server = TestServer.start();
        RawPut put = RawPut.to(server, "DoPut");
        FlightSqlClient client = client(server)) {
      List<RawPut.Open> silent = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        silent.add(put.open());
      }
      assertEquals(0, client.executeUpdate("CREATE VIEW v AS SELECT 1 AS a"));
      assertFalse(silent.stream().anyMatch(call -> call.end().isDone()));
      // The thread of the client's own put may return after the client has its answer; those of the
      // silent ones never.
      while (waiting() > 0) {
        Thread.sleep(5);
      }
      for (RawPut.Open call : silent) {
        call.cancel();
        assertEquals(Status.Code.CANCELLED, call.end().get(60, TimeUnit.SECONDS).getCode());
      }
      assertEquals(0, client.executeUpdate("CREATE VIEW w AS SELECT 1 AS a"));
    }
  }

  /** Threads of the server in the middle of a put. */
  private static long waiting() {
    return Thread.getAllStackTraces().values().stream()
        .filter(stack ->
            List.of(stack).stream().anyMatch(call -> call.getMethodName().contains("acceptPut")))
        .count();
  }

  @Test
  void anExchangeIsRefused() throws Exception {
    try (TestServer server = TestServer.start();
        RawPut exchange = RawPut.to(server, "DoExchange")) {
      byte[] message = RawPut.data(new byte[] {1, 2, 3}, new byte[1 << 20]).build().toByteArray();
      Status status = exchange.send(List.of(message, message));
      assertEquals(Status.Code.UNIMPLEMENTED, status.getCode());
      assertEquals(0, server.endpoint().memory());
    }
  }
}
