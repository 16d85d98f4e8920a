package dev.quern.server.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Flight SQL's calls, each on the session of its caller. */
final class QuernSqlProducer extends GuardedProducer {
  private final StatementCalls calls;
  private final BufferAllocator allocator;

  QuernSqlProducer(StatementCalls calls, SqlInformation information, BufferAllocator allocator) {
    super(calls, information);
    this.calls = calls;
    this.allocator = allocator;
  }

  @Override
  public FlightInfo getFlightInfoStatement(
      FlightSql.CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    refuseTransaction(command.hasTransactionId());
    Caller caller = Caller.current();
    return caller
        .session()
        .call(() -> {
          Statement statement = caller.session().plan(command.getQuery());
          try {
            return info(caller, statement, descriptor);
          } finally {
            statement.close();
          }
        });
  }

  @Override
  public FlightInfo getFlightInfoPreparedStatement(
      FlightSql.CommandPreparedStatementQuery command,
      CallContext context,
      FlightDescriptor descriptor) {
    Caller caller = Caller.current();
    String handle = command.getPreparedStatementHandle().toStringUtf8();
    return caller
        .session()
        .call(() -> info(caller, caller.session().statement(handle), descriptor));
  }

  private FlightInfo info(Caller caller, Statement statement, FlightDescriptor descriptor) {
    ByteString handle = ByteString.copyFromUtf8(calls.execute(caller, statement));
    Any ticket =
        Any.pack(FlightSql.TicketStatementQuery.newBuilder().setStatementHandle(handle).build());
    // Without a place: the client fetches over the connection that it has.
    var endpoint = new FlightEndpoint(new Ticket(ticket.toByteArray()));
    return new FlightInfo(StatementCalls.schema(statement), descriptor, List.of(endpoint), -1, -1);
  }

  @Override
  public SchemaResult getSchemaStatement(
      FlightSql.CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    ClientSession session = Caller.current().session();
    return session.call(() -> {
      Statement statement = session.plan(command.getQuery());
      try {
        return new SchemaResult(StatementCalls.schema(statement));
      } finally {
        statement.close();
      }
    });
  }

  @Override
  public SchemaResult getSchemaPreparedStatement(
      FlightSql.CommandPreparedStatementQuery command,
      CallContext context,
      FlightDescriptor descriptor) {
    ClientSession session = Caller.current().session();
    String handle = command.getPreparedStatementHandle().toStringUtf8();
    return session.call(() -> new SchemaResult(StatementCalls.schema(session.statement(handle))));
  }

  @Override
  public void getStreamStatement(
      FlightSql.TicketStatementQuery ticket, CallContext context, ServerStreamListener client) {
    calls.fetch(Caller.current(), ticket.getStatementHandle().toStringUtf8(), client);
  }

  @Override
  public void getStreamPreparedStatement(
      FlightSql.CommandPreparedStatementQuery command,
      CallContext context,
      ServerStreamListener client) {
    Caller caller = Caller.current();
    String handle = command.getPreparedStatementHandle().toStringUtf8();
    String result =
        caller.session().call(() -> calls.execute(caller, caller.session().statement(handle)));
    calls.fetch(caller, result, client);
  }

  @Override
  public void createPreparedStatement(
      FlightSql.ActionCreatePreparedStatementRequest request,
      CallContext context,
      StreamListener<Result> listener) {
    refuseTransaction(request.hasTransactionId());
    ClientSession session = Caller.current().session();
    var result =
        session.call(() -> {
          Statement statement = session.plan(request.getQuery());
          try {
            return FlightSql.ActionCreatePreparedStatementResult.newBuilder()
                .setDatasetSchema(bytes(statement.planned().columns()))
                .setParameterSchema(bytes(statement.planned().parameters()))
                .setPreparedStatementHandle(
                    ByteString.copyFromUtf8(session.keep(statement.share())))
                .build();
          } finally {
            statement.close();
          }
        });
    listener.onNext(new Result(Any.pack(result).toByteArray()));
    listener.onCompleted();
  }

  /** No bytes stand for no fields: so clients tell an update from a query. */
  private static ByteString bytes(Schema schema) {
    return schema.getFields().isEmpty()
        ? ByteString.EMPTY
        : ByteString.copyFrom(schema.serializeAsMessage());
  }

  private static void refuseTransaction(boolean given) {
    if (given) {
      throw FlightErrors.exception(
          CallStatus.INVALID_ARGUMENT,
          "there are no transactions: each statement stands alone; send it without one");
    }
  }

  @Override
  public void closePreparedStatement(
      FlightSql.ActionClosePreparedStatementRequest request,
      CallContext context,
      StreamListener<Result> listener) {
    ClientSession session = Caller.current().session();
    String handle = request.getPreparedStatementHandle().toStringUtf8();
    session
        .call(() ->
            Optional.of(
                ClientSession.found(
                    session.removeStatement(handle).orElse(null), "prepared statement", handle)))
        .ifPresent(Statement::close);
    listener.onCompleted();
  }

  @Override
  public Runnable acceptPutStatement(
      FlightSql.CommandStatementUpdate command,
      CallContext context,
      FlightStream flightStream,
      StreamListener<PutResult> ackStream) {
    return () -> {
      refuseTransaction(command.hasTransactionId());
      Caller caller = Caller.current();
      long rows =
          caller
              .session()
              .call(() -> {
                Statement statement = caller.session().plan(command.getQuery());
                try {
                  return calls.update(caller, statement, BoundValues.NONE);
                } finally {
                  statement.close();
                }
              });
      acknowledge(count(rows), ackStream);
    };
  }

  @Override
  public Runnable acceptPutPreparedStatementUpdate(
      FlightSql.CommandPreparedStatementUpdate command,
      CallContext context,
      FlightStream flightStream,
      StreamListener<PutResult> ackStream) {
    return () -> {
      Caller caller = Caller.current();
      String handle = command.getPreparedStatementHandle().toStringUtf8();
      long rows =
          caller
              .session()
              .call(() -> {
                Statement statement = caller.session().statement(handle);
                try (var parameters = calls.parameters(caller.session(), statement)) {
                  BoundValues sent = parameters.read(context, flightStream);
                  return calls.update(
                      caller, statement, sent.rows().isEmpty() ? statement.bound() : sent);
                }
              });
      acknowledge(count(rows), ackStream);
    };
  }

  private static Message count(long rows) {
    return FlightSql.DoPutUpdateResult.newBuilder().setRecordCount(rows).build();
  }

  @Override
  public Runnable acceptPutPreparedStatementQuery(
      FlightSql.CommandPreparedStatementQuery command,
      CallContext context,
      FlightStream flightStream,
      StreamListener<PutResult> ackStream) {
    return () -> {
      ClientSession session = Caller.current().session();
      ByteString handle = command.getPreparedStatementHandle();
      session.call(() -> {
        Statement statement = session.statement(handle.toStringUtf8());
        try (var parameters = calls.parameters(session, statement)) {
          statement.bind(parameters.read(context, flightStream));
        }
        return statement;
      });
      acknowledge(
          FlightSql.DoPutPreparedStatementResult.newBuilder()
              .setPreparedStatementHandle(handle)
              .build(),
          ackStream);
    };
  }

  private void acknowledge(Message message, StreamListener<PutResult> ackStream) {
    byte[] bytes = message.toByteArray();
    try (ArrowBuf metadata = allocator.buffer(bytes.length)) {
      metadata.writeBytes(bytes);
      ackStream.onNext(PutResult.metadata(metadata));
    }
    ackStream.onCompleted();
  }

  @Override
  public void cancelFlightInfo(
      CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> listener) {
    ClientSession session = Caller.current().session();
    CancelStatus status = CancelStatus.NOT_CANCELLABLE;
    for (FlightEndpoint endpoint : request.getInfo().getEndpoints()) {
      Optional<Execution> execution = handle(endpoint).flatMap(session::execution);
      if (execution.isPresent()) {
        status = execution.get().cancel() ? CancelStatus.CANCELLED : CancelStatus.CANCELLING;
      }
    }
    listener.onNext(status);
    listener.onCompleted();
  }

  private static Optional<String> handle(FlightEndpoint endpoint) {
    try {
      Any ticket = Any.parseFrom(endpoint.getTicket().getBytes());
      return ticket.is(FlightSql.TicketStatementQuery.class)
          ? Optional.of(
              ticket
                  .unpack(FlightSql.TicketStatementQuery.class)
                  .getStatementHandle()
                  .toStringUtf8())
          : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  @Override
  public void closeSession(
      CloseSessionRequest request,
      CallContext context,
      StreamListener<CloseSessionResult> listener) {
    Caller.current().endSession();
    listener.onNext(new CloseSessionResult(CloseSessionResult.Status.CLOSED));
    listener.onCompleted();
  }
}
