package dev.quern.server.flight;

import dev.quern.server.SessionLimits;
import dev.quern.sql.arrow.ArrowBatches;
import dev.quern.sql.run.QueryControl;
import java.time.Duration;
import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.BackpressureStrategy.WaitResult;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Sends batches as the client takes them: what it does not take is not computed. */
final class ResultStream {
  /**
   * A first row that takes longer than this follows an empty batch, so that the client can go on.
   */
  private static final Duration FIRST = Duration.ofMillis(100);

  private static final Duration NEXT = Duration.ofSeconds(1);

  private final ServerStreamListener client;
  private final QueryControl control;
  private final long mostRows;
  private long rows;
  private final CallbackBackpressureStrategy ready = new CallbackBackpressureStrategy();

  /** Made in the thread of the call, before it returns. */
  ResultStream(ServerStreamListener client, QueryControl control, SessionLimits limits) {
    this.client = client;
    this.control = control;
    this.mostRows = limits.rows();
    ready.register(client);
  }

  /** Sends all batches, in the caller's thread; the caller ends the stream. */
  void send(ArrowBatches batches) {
    VectorSchemaRoot batch = batches.batch();
    client.start(batch);
    boolean first = true;
    awaitReady();
    while (batches.next(first ? FIRST : NEXT)) {
      control.check();
      int size = batch.getRowCount();
      if (size == 0 && !first) {
        continue;
      }
      first = false;
      if (rows + size > mostRows) {
        sendLast(batch, (int) (mostRows - rows));
      }
      rows += size;
      client.putNext();
      awaitReady();
    }
  }

  /** Rows that were sent. */
  long rows() {
    return rows;
  }

  private void sendLast(VectorSchemaRoot batch, int size) {
    if (size > 0) {
      batch.setRowCount(size);
      rows += size;
      client.putNext();
    }
    throw FlightErrors.exception(
        CallStatus.RESOURCE_EXHAUSTED,
        "the query gives more than "
            + mostRows
            + " rows, the most that "
            + SessionLimits.ROWS
            + " allows; use LIMIT, write the rows to a file with COPY, or raise it");
  }

  private void awaitReady() {
    while (true) {
      WaitResult result = ready.waitForListener(NEXT.toMillis());
      if (result == WaitResult.CANCELLED) {
        control.cancel();
      }
      control.check();
      if (result == WaitResult.READY) {
        return;
      }
    }
  }
}
