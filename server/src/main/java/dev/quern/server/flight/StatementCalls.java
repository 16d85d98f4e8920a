package dev.quern.server.flight;

import dev.quern.server.SessionLimits;
import dev.quern.server.SqlLimitException;
import dev.quern.server.SqlPlaces;
import dev.quern.server.metrics.Jobs;
import dev.quern.sql.arrow.ArrowBatches;
import dev.quern.sql.arrow.ArrowRowWriter;
import dev.quern.sql.run.QueryControl;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Plans and runs statements of callers. */
final class StatementCalls {
  /** What an update gives a client that asked for rows. */
  static final Schema COUNT =
      new Schema(List.of(Field.notNullable("rows", new ArrowType.Int(64, true))));

  private final SessionLimits limits;
  private final SqlPlaces places;
  private final Jobs jobs;
  private final BufferAllocator allocator;
  private final ExecutorService workers;

  /**
   * @param jobs counts statements that run, and rows that clients were sent or updates wrote
   */
  StatementCalls(
      SessionLimits limits,
      SqlPlaces places,
      Jobs jobs,
      BufferAllocator allocator,
      ExecutorService workers) {
    this.limits = limits;
    this.places = places;
    this.jobs = jobs;
    this.allocator = allocator;
    this.workers = workers;
  }

  /** What a statement gives a client that asks for rows. */
  static Schema schema(Statement statement) {
    return statement.planned().isUpdate() ? COUNT : statement.planned().columns();
  }

  /**
   * Begins an execution for a client that asks for rows. A query waits until they are fetched; an
   * update runs now, as its client may never fetch the count. Gives the handle to fetch with.
   */
  String execute(Caller caller, Statement statement) {
    BoundValues values = statement.bound();
    Execution execution =
        statement.planned().isUpdate()
            ? Execution.ofUpdate(statement, update(caller, statement, values))
            : Execution.ofQuery(statement, values);
    try {
      return caller.session().keep(execution);
    } catch (RuntimeException e) {
      execution.discard();
      throw e;
    }
  }

  /** Runs an update and gives the number of rows written. */
  long update(Caller caller, Statement statement, BoundValues values) {
    var control = new QueryControl();
    try (var _ = place(caller);
        var _ = CallEnd.cancels(control, workers)) {
      limitTime(control);
      jobs.started();
      Jobs.State end = Jobs.State.FAILED;
      try {
        long rows =
            caller
                .session()
                .running(control, () -> statement.planned().update(values.rows(), control));
        jobs.rows(Jobs.RowState.COMPLETED, rows);
        end = Jobs.State.COMPLETED;
        return rows;
      } catch (FlightRuntimeException e) {
        end = ended(e);
        throw e;
      } finally {
        jobs.ended(end);
      }
    } finally {
      control.close();
    }
  }

  private SqlPlaces.Place place(Caller caller) {
    try {
      return places.statement(caller.principal());
    } catch (SqlLimitException e) {
      throw FlightErrors.of(e);
    }
  }

  private static Jobs.State ended(FlightRuntimeException failure) {
    return failure.status().code() == FlightStatusCode.CANCELLED
        ? Jobs.State.CANCELLED
        : Jobs.State.FAILED;
  }

  private void limitTime(QueryControl control) {
    control.timeOutAfter(
        Duration.ofSeconds(limits.seconds()),
        "the statement ran longer than "
            + limits.seconds()
            + " s, the most that "
            + SessionLimits.SECONDS
            + " allows");
  }

  /** Reads values of parameters that a client sends. */
  ParameterReader parameters(ClientSession session, Statement statement) {
    return new ParameterReader(session, statement, limits);
  }

  /** Sends a result in a thread of its own; errors go to the client. */
  void fetch(Caller caller, String handle, ServerStreamListener client) {
    ClientSession session = caller.session();
    Execution execution =
        ClientSession.found(session.execution(handle).orElse(null), "result", handle);
    SqlPlaces.Place place = place(caller);
    boolean entered = session.enter();
    if (!entered || !execution.take()) {
      place.close();
      if (entered) {
        session.leave();
      }
      throw FlightErrors.exception(
          CallStatus.NOT_FOUND, "the result '" + handle + "' is fetched already");
    }
    var stream = new ResultStream(client, execution.control(), limits);
    CallEnd callEnd = CallEnd.cancels(execution.control(), workers);
    Runnable end =
        () -> {
          callEnd.close();
          session.removeExecution(handle);
          execution.end();
          place.close();
          session.leave();
        };
    try {
      workers.execute(() -> send(session, execution, stream, client, end));
    } catch (RejectedExecutionException e) {
      end.run();
      throw FlightErrors.exception(CallStatus.UNAVAILABLE, "the server is ending");
    }
  }

  private void send(
      ClientSession session,
      Execution execution,
      ResultStream stream,
      ServerStreamListener client,
      Runnable end) {
    FlightRuntimeException failure = null;
    boolean isUpdate = execution.count().isPresent();
    if (!isUpdate) {
      jobs.started();
    }
    try {
      if (isUpdate) { // which has run, and was counted then
        sendRows(client, COUNT, List.<Object[]>of(new Object[] {execution.count().getAsLong()}));
      } else {
        sendBatches(execution, stream);
      }
    } catch (RuntimeException | Error e) {
      failure = session.error(e);
    } finally {
      if (!isUpdate) {
        jobs.rows(Jobs.RowState.COMPLETED, stream.rows());
        jobs.ended(failure == null ? Jobs.State.COMPLETED : ended(failure));
      }
      // Before the client hears of the end: it may close its session then.
      end.run();
    }
    if (failure == null) {
      client.completed();
    } else {
      client.error(failure);
    }
  }

  private void sendBatches(Execution execution, ResultStream stream) {
    limitTime(execution.control());
    try (ArrowBatches batches =
        execution
            .statement()
            .planned()
            .query(execution.values().rows(), execution.control(), allocator, workers)) {
      stream.send(batches);
    }
  }

  /** Sends a few rows as one batch; the caller ends the stream. */
  void sendRows(ServerStreamListener client, Schema schema, List<Object[]> rows) {
    try (VectorSchemaRoot batch = VectorSchemaRoot.create(schema, allocator)) {
      if (!rows.isEmpty()) { // keys, of which there are none, have types that SQL has not
        new ArrowRowWriter(batch).fill(rows);
      }
      client.start(batch);
      client.putNext();
    }
  }
}
