package dev.quern.server.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.connectors.FileAccess;
import dev.quern.server.SessionLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys, limits, sessions, and whatever bytes come. */
@Timeout(120)
@SuppressWarnings("try") // the clients' close() may be interrupted
class FlightAccessTest {
  private static final CallOption[] PLAIN = {};
  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void memoryIsBack() {
    allocator.close();
  }

  private FlightSqlClient client(TestServer server) {
    return new FlightSqlClient(
        FlightClient.builder(
                allocator, Location.forGrpcInsecure("127.0.0.1", server.endpoint().port()))
            .build());
  }

  private static SessionLimits limits(long rows, int statements, long seconds, int sessions) {
    return new SessionLimits(rows, statements, seconds, sessions, 2, Duration.ofMinutes(30));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.sleep(5);
    }
  }

  private static FlightRuntimeException refused(FlightStatusCode code, Runnable call) {
    FlightRuntimeException e = assertThrows(FlightRuntimeException.class, call::run);
    assertEquals(code, e.status().code(), e.getMessage());
    return e;
  }

  private static int drain(FlightSqlClient client, FlightInfo info) {
    int rows = 0;
    try (FlightStream stream = client.getStream(info.getEndpoints().getFirst().getTicket())) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
      return rows;
    } catch (FlightRuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStatementNestedTooDeeplyIsTheClientsFault() throws Exception {
    try (TestServer server = TestServer.start();
        FlightSqlClient client = client(server)) {
      refused(
          FlightStatusCode.INVALID_ARGUMENT,
          () -> client.execute("SELECT " + "NOT ".repeat(20_000) + "TRUE"));
    }
  }

  @Test
  void aKeyIsWantedAsTokenOrAsPassword() throws Exception {
    try (TestServer server =
        TestServer.start(SessionLimits.DEFAULT, List.of("k1", "k2"), FileAccess.none())) {
      for (String property : List.of("token", "password")) {
        var right = new Properties();
        right.setProperty("user", property.equals("password") ? "me" : "");
        right.setProperty(property, "k2");
        if (property.equals("token")) {
          right.remove("user");
        }
        try (Connection connection = server.connect(right);
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("SELECT 1")) {
          assertTrue(rows.next());
        }
        var wrong = new Properties();
        wrong.putAll(right);
        wrong.setProperty(property, "k3");
        SQLException e =
            assertThrows(
                SQLException.class,
                () -> {
                  try (Connection connection = server.connect(wrong);
                      Statement statement = connection.createStatement()) {
                    statement.executeQuery("SELECT 1");
                  }
                });
        assertTrue(
            e.toString().contains("not known") || e.getCause().toString().contains("not known"),
            e::toString);
      }
      try (FlightSqlClient client = client(server)) {
        refused(FlightStatusCode.UNAUTHENTICATED, () -> client.execute("SELECT 1"));
      }
      assertEquals(0, server.endpoint().memory());
    }
  }

  @Test
  void aResultOfTooManyRowsNamesTheOption() throws Exception {
    try (TestServer server = TestServer.start(limits(2, 9, 99, 9), List.of(), FileAccess.none());
        FlightSqlClient client = client(server)) {
      assertEquals(2, drain(client, client.execute("SELECT * FROM (VALUES (1), (2)) AS t (x)")));
      var info = client.execute("SELECT * FROM (VALUES (1), (2), (3)) AS t (x)");
      FlightRuntimeException e =
          refused(FlightStatusCode.RESOURCE_EXHAUSTED, () -> drain(client, info));
      assertTrue(e.getMessage().contains("--max-query-rows"), e.getMessage());
    }
  }

  @Test
  void aStatementThatTakesTooLongNamesTheOption() throws Exception {
    try (TestServer server = TestServer.start(limits(9, 9, 1, 9), List.of(), FileAccess.none());
        FlightSqlClient client = client(server)) {
      var info = client.execute("SELECT GENERATE('SILENCE')");
      FlightRuntimeException e = refused(FlightStatusCode.TIMED_OUT, () -> drain(client, info));
      assertTrue(e.getMessage().contains("--max-query-seconds"), e.getMessage());
      await("the query still runs", () -> server.engine().openBatches() == 0);
    }
  }

  @Test
  void cancelEndsTheQueryAndFreesItsPlace() throws Exception {
    try (TestServer server = TestServer.start(limits(9, 1, 99, 9), List.of(), FileAccess.none());
        FlightSqlClient client = client(server)) {
      FlightInfo silent = client.execute("SELECT GENERATE('SILENCE')");
      Ticket ticket = silent.getEndpoints().getFirst().getTicket();
      try (FlightStream stream = client.getStream(ticket)) {
        assertTrue(stream.next(), "an empty batch comes before the first row");
        await("the query does not run", () -> server.engine().openBatches() == 1);
        FlightInfo second = client.execute("SELECT 1");
        FlightRuntimeException busy =
            refused(FlightStatusCode.RESOURCE_EXHAUSTED, () -> drain(client, second));
        assertTrue(busy.getMessage().contains("--max-key-statements"), busy.getMessage());
        CancelStatus status =
            client.cancelFlightInfo(new CancelFlightInfoRequest(silent)).getStatus();
        assertEquals(CancelStatus.CANCELLING, status);
        refused(FlightStatusCode.CANCELLED, () -> stream.next());
        assertEquals(1, drain(client, second));
      }
      assertEquals(0, server.engine().openBatches());
      FlightInfo unfetched = client.execute("SELECT 1");
      assertEquals(
          CancelStatus.CANCELLED,
          client.cancelFlightInfo(new CancelFlightInfoRequest(unfetched)).getStatus());
      refused(FlightStatusCode.CANCELLED, () -> drain(client, unfetched));
      refused(FlightStatusCode.NOT_FOUND, () -> drain(client, unfetched));
    }
  }

  @Test
  void aClientThatReadsNothingStopsTheQuery() throws Exception {
    String ten = "(VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))";
    String text = "x".repeat(20_000);
    String sql =
        "SELECT GENERATE('"
            + text
            + "' || CAST(a.x + 10 * b.x + 100 * c.x + 1000 * d.x AS VARCHAR),"
            + " max_tokens => 9) FROM "
            + ten
            + " AS a (x), "
            + ten
            + " AS b (x), "
            + ten
            + " AS c (x), "
            + ten
            + " AS d (x)";
    try (TestServer server = TestServer.start();
        FlightSqlClient client = client(server)) {
      FlightInfo info = client.execute(sql);
      try (FlightStream stream = client.getStream(info.getEndpoints().getFirst().getTicket())) {
        assertTrue(stream.next());
        long before;
        do {
          before = server.engine().calls();
          Thread.sleep(500);
        } while (server.engine().calls() > before);
        assertTrue(before < 10_000, "all rows ran although nobody took them");
        int rows = stream.getRoot().getRowCount();
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
        assertEquals(10_000, rows);
      }
      assertEquals(10_000, server.engine().calls());
    }
  }

  @Test
  void sessionsEndWithTheirConnectionAndAreLimited() throws Exception {
    try (TestServer server = TestServer.start(limits(9, 9, 99, 1), List.of(), FileAccess.none())) {
      try (FlightSqlClient first = client(server)) {
        assertEquals(0, first.executeUpdate("CREATE VIEW v AS SELECT 1 AS x"));
        assertEquals(1, drain(first, first.execute("SELECT x FROM v")));
        try (FlightSqlClient second = client(server)) {
          FlightRuntimeException e =
              refused(FlightStatusCode.RESOURCE_EXHAUSTED, () -> second.execute("SELECT 1"));
          assertTrue(e.getMessage().contains("--max-sql-sessions"), e.getMessage());
        }
        first.closeSession(new CloseSessionRequest());
        assertEquals(0, server.endpoint().sessions());
        refused(FlightStatusCode.UNAUTHORIZED, () -> first.execute("SELECT x FROM v"));
        assertEquals(1, server.endpoint().sessions());
      }
      await("the session outlives its connection", () -> server.endpoint().sessions() == 0);
    }
  }

  @Test
  void anIdleSessionEnds() throws Exception {
    var limits = new SessionLimits(9, 9, 99, 9, 2, Duration.ofSeconds(2));
    try (TestServer server = TestServer.start(limits, List.of(), FileAccess.none());
        FlightSqlClient client = client(server)) {
      client.executeUpdate("CREATE VIEW v AS SELECT 1 AS x");
      await("the session does not end", () -> server.endpoint().sessions() == 0);
      refused(FlightStatusCode.UNAUTHORIZED, () -> client.execute("SELECT x FROM v"));
    }
  }

  @Test
  void whatIsMalformedOrUnknownIsRefused() throws Exception {
    try (TestServer server = TestServer.start();
        FlightSqlClient sql = client(server);
        FlightClient client =
            FlightClient.builder(
                    allocator, Location.forGrpcInsecure("127.0.0.1", server.endpoint().port()))
                .build()) {
      var random = new Random(7);
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        var descriptor = FlightDescriptor.command(bytes);
        refused(FlightStatusCode.INVALID_ARGUMENT, () -> client.getInfo(descriptor));
        refused(FlightStatusCode.INVALID_ARGUMENT, () -> client.getSchema(descriptor));
        refused(
            FlightStatusCode.INVALID_ARGUMENT,
            () -> {
              try (FlightStream stream = client.getStream(new Ticket(bytes))) {
                stream.next();
              } catch (FlightRuntimeException e) {
                throw e;
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
        assertThrows(
            FlightRuntimeException.class,
            () -> client.doAction(new Action("CreatePreparedStatement", bytes)).next());
        if (i % 10 == 0) {
          put(client, descriptor);
        }
      }
      refused(FlightStatusCode.INVALID_ARGUMENT, () -> client.getInfo(FlightDescriptor.path("a")));
      assertThrows(
          FlightRuntimeException.class, () -> client.doAction(new Action("Nonsense")).next());
      assertEquals(1, drain(sql, sql.execute("SELECT 1")));
      server.awaitNoMemory("what is malformed");
    }
  }

  private static void put(FlightClient client, FlightDescriptor descriptor) {
    try (VectorSchemaRoot empty = VectorSchemaRoot.of()) {
      refused(
          FlightStatusCode.INVALID_ARGUMENT,
          () -> {
            var listener = client.startPut(descriptor, empty, new AsyncPutListener(), PLAIN);
            listener.putNext();
            listener.completed();
            listener.getResult();
          });
    }
  }

  @Test
  void bytesThatAreNotHttpLeaveTheServerAsItWas() throws Exception {
    try (TestServer server = TestServer.start()) {
      var random = new Random(11);
      byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[1 + random.nextInt(400)];
        random.nextBytes(bytes);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.endpoint().port())) {
          OutputStream out = socket.getOutputStream();
          if (i % 2 == 0) {
            out.write(preface);
          }
          out.write(bytes);
          out.flush();
        } catch (IOException e) {
          assertFalse(e.toString().isEmpty(), "the server may hang up first");
        }
      }
      try (FlightSqlClient client = client(server)) {
        assertEquals(1, drain(client, client.execute("SELECT 1")));
      }
      assertEquals(0, server.endpoint().memory());
    }
  }

  @Test
  void statementsAndSessionsOfOtherPortsCount() throws Exception {
    try (TestServer server = TestServer.start(limits(9, 1, 99, 2), List.of(), FileAccess.none());
        FlightSqlClient client = client(server)) {
      try (var _ = server.places().statement("anybody")) {
        FlightRuntimeException e =
            refused(
                FlightStatusCode.RESOURCE_EXHAUSTED,
                () -> drain(client, client.execute("SELECT 1")));
        assertTrue(e.getMessage().contains("--max-key-statements"), e.getMessage());
      }
      assertEquals(1, drain(client, client.execute("SELECT 1")));
      try (var _ = server.places().session("anybody");
          FlightSqlClient second = client(server)) {
        refused(FlightStatusCode.RESOURCE_EXHAUSTED, () -> second.execute("SELECT 1"));
      }
    }
  }

  @Test
  void aKeyHasNoMoreThanItsShareOfSessions() throws Exception {
    try (TestServer server =
        TestServer.start(limits(9, 9, 99, 2), List.of("k1", "k2"), FileAccess.none())) {
      var properties = new Properties();
      properties.setProperty("token", "k1");
      try (Connection first = server.connect(properties);
          Statement statement = first.createStatement()) {
        statement.executeQuery("SELECT 1").close();
        var e = assertThrows(Exception.class, () -> server.places().session("key 1"));
        assertTrue(e.getMessage().contains("half of what --max-sql-sessions"), e.getMessage());
        server.places().session("key 2").close();
      }
    }
  }
}
