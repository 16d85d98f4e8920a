package dev.quern.server.fuzz;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.quern.server.fuzz.WireCase.End;
import dev.quern.server.fuzz.WireCase.Reset;
import dev.quern.server.fuzz.WireCase.Send;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.sql.impl.FlightSql;

/** Makes calls and connections for a Flight port. */
final class FlightCases {
  /**
   * @param kind what the message is
   * @param decodable whether gRPC and Flight can decode the message: then it is ours to answer
   */
  record Call(String method, String kind, boolean decodable, byte[] message) {
    @Override
    public String toString() {
      return method + " of " + kind + ", " + message.length + " bytes";
    }
  }

  private static final List<String> METHODS =
      List.of(
          "GetFlightInfo",
          "GetFlightInfo",
          "GetFlightInfo",
          "GetSchema",
          "DoGet",
          "DoGet",
          "DoAction",
          "DoPut",
          "Handshake",
          "ListFlights",
          "PollFlightInfo",
          "DoExchange",
          "ListActions",
          "Nothing");
  private static final List<String> ACTIONS =
      List.of(
          "CreatePreparedStatement",
          "ClosePreparedStatement",
          "BeginTransaction",
          "EndTransaction",
          "CancelFlightInfo",
          "RenewFlightEndpoint",
          "SetSessionOptions",
          "GetSessionOptions",
          "CloseSession",
          "CancelQuery",
          "Nothing",
          "");
  private static final String SQL =
      "SELECT id, GENERATE('x' || body, max_tokens => 3) AS a FROM (VALUES (1, 'b')) AS t(id, body)";
  private static final byte[] PREFACE = HttpCases.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private FlightCases() {}

  static Call call(Random random) {
    String method = METHODS.get(random.nextInt(METHODS.size()));
    Message message = message(method, random);
    byte[] bytes = message.toByteArray();
    String kind = message.getDescriptorForType().getName();
    return switch (random.nextInt(4)) {
      case 0 -> new Call(method, "noise", false, noise(random, random.nextInt(300)));
      case 1 -> new Call(method, "changed " + kind, false, changed(random, bytes));
      default -> new Call(method, kind, decodable(message), bytes);
    };
  }

  /** Flight decodes these further before it calls anybody. */
  private static boolean decodable(Message message) {
    return switch (message) {
      case Flight.FlightData _ -> false;
      case Flight.Action _ -> false;
      case Flight.FlightDescriptor descriptor ->
          descriptor.getTypeValue() == 1 || descriptor.getTypeValue() == 2;
      default -> true;
    };
  }

  private static Message message(String method, Random random) {
    return switch (method) {
      case "DoGet" -> Flight.Ticket.newBuilder().setTicket(command(random).toByteString()).build();
      case "DoAction" ->
          Flight.Action.newBuilder()
              .setType(ACTIONS.get(random.nextInt(ACTIONS.size())))
              .setBody(random.nextBoolean() ? command(random).toByteString() : text(random))
              .build();
      case "DoPut", "DoExchange" ->
          Flight.FlightData.newBuilder()
              .setFlightDescriptor(descriptor(random))
              .setDataHeader(text(random))
              .setAppMetadata(text(random))
              .setDataBody(text(random))
              .build();
      case "Handshake" -> Flight.HandshakeRequest.newBuilder().setPayload(text(random)).build();
      case "ListFlights" -> Flight.Criteria.newBuilder().setExpression(text(random)).build();
      default -> descriptor(random);
    };
  }

  private static Flight.FlightDescriptor descriptor(Random random) {
    var descriptor = Flight.FlightDescriptor.newBuilder().setTypeValue(random.nextInt(4));
    if (random.nextInt(5) == 0) {
      return descriptor.addPath("../../etc/passwd").addPath("").build();
    }
    return descriptor
        .setType(Flight.FlightDescriptor.DescriptorType.CMD)
        .setCmd(random.nextInt(6) == 0 ? text(random) : command(random).toByteString())
        .build();
  }

  private static Any command(Random random) {
    ByteString handle = text(random);
    return Any.pack(
        switch (random.nextInt(12)) {
          case 0 -> FlightSql.TicketStatementQuery.newBuilder().setStatementHandle(handle).build();
          case 1 ->
              FlightSql.CommandPreparedStatementQuery.newBuilder()
                  .setPreparedStatementHandle(handle)
                  .build();
          case 2 ->
              FlightSql.CommandGetTables.newBuilder()
                  .setCatalog("%_\\")
                  .setTableNameFilterPattern(handle.toStringUtf8())
                  .setIncludeSchema(random.nextBoolean())
                  .build();
          case 3 -> FlightSql.CommandGetSqlInfo.newBuilder().addInfo(random.nextInt()).build();
          case 4 ->
              FlightSql.CommandGetXdbcTypeInfo.newBuilder().setDataType(random.nextInt()).build();
          case 5 -> FlightSql.CommandStatementUpdate.newBuilder().setQuery(sql(random)).build();
          case 6 ->
              FlightSql.ActionCreatePreparedStatementRequest.newBuilder()
                  .setQuery(sql(random))
                  .build();
          case 7 -> FlightSql.CommandGetDbSchemas.newBuilder().setCatalog("%").build();
          case 8 ->
              FlightSql.CommandGetPrimaryKeys.newBuilder().setTable(handle.toStringUtf8()).build();
          case 9 -> FlightSql.CommandStatementSubstraitPlan.getDefaultInstance();
          default ->
              FlightSql.CommandStatementQuery.newBuilder()
                  .setQuery(sql(random))
                  .setTransactionId(random.nextInt(8) == 0 ? handle : ByteString.EMPTY)
                  .build();
        });
  }

  private static String sql(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "";
      case 1 -> "SELECT * FROM '../../etc/passwd'";
      case 2 -> "SELECT " + "(".repeat(random.nextInt(3000)) + "1";
      case 3 -> SQL;
      default -> {
        var text = new StringBuilder(SQL);
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
          text.setCharAt(random.nextInt(text.length()), (char) (1 + random.nextInt(0xd000)));
        }
        yield text.toString();
      }
    };
  }

  private static ByteString text(Random random) {
    return ByteString.copyFrom(noise(random, random.nextInt(60)));
  }

  private static byte[] noise(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] changed(Random random, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(20) == 0) {
        bytes[i] = (byte) random.nextInt(256);
      }
    }
    return random.nextInt(3) == 0 ? HttpCases.join(bytes, noise(random, 30)) : bytes;
  }

  /** No HTTP/2, or HTTP/2 with frames that nobody sends; then the client is done. */
  static WireCase connection(long seed, Random random) {
    byte[] bytes =
        switch (random.nextInt(5)) {
          case 0 -> noise(random, random.nextInt(3000));
          case 1 -> HttpCases.ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
          case 2 -> HttpCases.join(PREFACE, noise(random, random.nextInt(300)));
          default -> HttpCases.join(PREFACE, frames(random));
        };
    return new WireCase(
        seed,
        "connection",
        List.of(new Send(bytes), random.nextInt(3) == 0 ? new Reset() : new End()),
        0);
  }

  private static byte[] frames(Random random) {
    byte[] frames = frame(4, 0, 0, new byte[0]);
    for (int i = random.nextInt(20); i >= 0; i--) {
      int announced = random.nextInt(4) == 0 ? random.nextInt(1 << 24) : -1;
      byte[] frame =
          frame(
              random.nextInt(12),
              random.nextInt(256),
              random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(6),
              noise(random, random.nextInt(60)));
      if (announced >= 0) {
        frame[0] = (byte) (announced >> 16);
        frame[1] = (byte) (announced >> 8);
      }
      frames = HttpCases.join(frames, frame);
    }
    return frames;
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }
}
