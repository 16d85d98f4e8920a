package dev.quern.server.flight;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlUtils;

/** Lets no failure out but as a status with a sentence, whatever bytes a client sends. */
abstract class GuardedProducer extends MetadataProducer {
  private static final List<ActionType> ACTIONS =
      List.of(
          FlightSqlUtils.FLIGHT_SQL_CREATE_PREPARED_STATEMENT,
          FlightSqlUtils.FLIGHT_SQL_CLOSE_PREPARED_STATEMENT,
          FlightSqlUtils.FLIGHT_SQL_CANCEL_QUERY,
          FlightConstants.CANCEL_FLIGHT_INFO,
          FlightConstants.SET_SESSION_OPTIONS,
          FlightConstants.GET_SESSION_OPTIONS,
          FlightConstants.CLOSE_SESSION);

  GuardedProducer(StatementCalls statements, SqlInformation information) {
    super(statements, information);
  }

  @Override
  public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
    requireCommand(descriptor);
    try {
      return super.getFlightInfo(context, descriptor);
    } catch (RuntimeException e) {
      throw FlightErrors.ofRequest(e);
    }
  }

  @Override
  public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
    requireCommand(descriptor);
    try {
      return super.getSchema(context, descriptor);
    } catch (RuntimeException e) {
      throw FlightErrors.ofRequest(e);
    }
  }

  private static void requireCommand(FlightDescriptor descriptor) {
    if (descriptor == null || !descriptor.isCommand()) {
      throw FlightErrors.exception(
          CallStatus.INVALID_ARGUMENT, "a Flight SQL command is wanted, not a path");
    }
  }

  @Override
  public void getStream(CallContext context, Ticket ticket, ServerStreamListener client) {
    try {
      FlightSqlUtils.parseOrThrow(ticket.getBytes());
      super.getStream(context, ticket, client);
    } catch (RuntimeException e) {
      client.error(FlightErrors.ofRequest(e));
    }
  }

  @Override
  public Runnable acceptPut(
      CallContext context, FlightStream stream, StreamListener<PutResult> ackStream) {
    return () -> {
      try {
        requireCommand(stream.getDescriptor());
        super.acceptPut(context, stream, ackStream).run();
      } catch (RuntimeException e) {
        // A second end of a call that gRPC has ended itself would end the connection and all its
        // calls.
        if (!context.isCancelled()) {
          ackStream.onError(FlightErrors.ofRequest(e));
        }
      }
    };
  }

  @Override
  public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
    try {
      super.doAction(context, action, listener);
    } catch (RuntimeException e) {
      listener.onError(FlightErrors.ofRequest(e));
    }
  }

  @Override
  public void listActions(CallContext context, StreamListener<ActionType> listener) {
    ACTIONS.forEach(listener::onNext);
    listener.onCompleted();
  }

  @Override
  public void listFlights(
      CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
    listener.onError(
        FlightErrors.exception(
            CallStatus.UNIMPLEMENTED, "this is a Flight SQL server: ask for tables instead"));
  }

  /** There are none: options of a session are those of the server. */
  @Override
  public void getSessionOptions(
      GetSessionOptionsRequest request,
      CallContext context,
      StreamListener<GetSessionOptionsResult> listener) {
    listener.onNext(new GetSessionOptionsResult(Map.of()));
    listener.onCompleted();
  }

  @Override
  public void setSessionOptions(
      SetSessionOptionsRequest request,
      CallContext context,
      StreamListener<SetSessionOptionsResult> listener) {
    Map<String, SetSessionOptionsResult.Error> errors = new TreeMap<>();
    for (String name : request.getSessionOptions().keySet()) {
      errors.put(
          name, new SetSessionOptionsResult.Error(SetSessionOptionsResult.ErrorValue.INVALID_NAME));
    }
    listener.onNext(new SetSessionOptionsResult(errors));
    listener.onCompleted();
  }
}
