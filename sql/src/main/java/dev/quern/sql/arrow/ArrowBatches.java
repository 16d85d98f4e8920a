package dev.quern.sql.arrow;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.Prepared;
import dev.quern.sql.Session;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.QueryControl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.linq4j.Enumerator;

/**
 * The rows of a running query as batches. One thread runs the query; the other takes what is ready,
 * so that a row never waits for a batch to fill, and the query waits while nobody takes.
 */
public final class ArrowBatches implements AutoCloseable {
  private static final int BATCH_ROWS = 1024;

  /** Clients refuse messages of more than 16 MiB (ADBC) unless told otherwise. */
  private static final long BATCH_BYTES = 4L << 20;

  /** What comes out of the query: rows, then how it ended. */
  private sealed interface Item {
    record Row(Object[] values) implements Item {}

    /** Failure is null where all went well. */
    record End(Throwable failure) implements Item {}
  }

  /** One run of a statement with its values. */
  record Run(Session session, Prepared.Rows rows, List<Object> values) {}

  private final VectorSchemaRoot batch;
  private final ArrowRowWriter writer;
  private final QueryControl control;
  private final List<Run> runs;
  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(BATCH_ROWS);
  private Item.End end;

  ArrowBatches(VectorSchemaRoot batch, QueryControl control, List<Run> runs) {
    this.batch = batch;
    this.writer = new ArrowRowWriter(batch);
    this.control = control;
    this.runs = runs;
  }

  /** The batch that {@link #next} fills. */
  public VectorSchemaRoot batch() {
    return batch;
  }

  /** Runs the query; in a thread of its own. */
  void pull() {
    Throwable failure = null;
    try {
      for (Run run : runs) {
        pull(run);
      }
    } catch (RuntimeException | Error | InterruptedException e) {
      failure = e;
    } finally {
      control.close();
    }
    boolean told = false;
    while (!told) {
      try {
        items.put(new Item.End(failure));
        told = true;
      } catch (InterruptedException e) {
        // The other side waits for the end, and takes all until then.
        failure = e;
      }
    }
  }

  private void pull(Run run) throws InterruptedException {
    control.check();
    QueryContext context = run.session().start(run.values(), control);
    try (Enumerator<Object[]> rows = run.rows().run().apply(context)) {
      while (true) {
        control.checkCancelled();
        if (!rows.moveNext()) {
          return;
        }
        context.counters().returnedRow();
        items.put(new Item.Row(rows.current()));
      }
    } finally {
      context.counters().end();
    }
  }

  /**
   * Fills the batch with the rows that are ready, waiting for the first.
   *
   * @param patience how long to wait; after it the batch is empty
   * @return false at the end
   * @throws RuntimeException what the query failed with
   */
  public boolean next(Duration patience) {
    batch.clear();
    Item item = end == null ? take(patience) : end;
    int rows = 0;
    long bytes = 0;
    while (item instanceof Item.Row(var values)) {
      writer.write(rows++, values);
      bytes += size(values);
      item = rows < BATCH_ROWS && bytes < BATCH_BYTES ? items.poll() : null;
    }
    if (item instanceof Item.End last) {
      end = last;
      if (rows == 0) {
        throwFailure(last.failure());
        return false;
      }
    }
    batch.setRowCount(rows);
    return true;
  }

  private Item take(Duration patience) {
    try {
      return items.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException(State.CANCELLED, "the query was cancelled", e);
    }
  }

  private static void throwFailure(Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new QueryException(State.CANCELLED, "the query was cancelled", e);
    }
  }

  /** About the bytes that a value takes. */
  private static long size(Object value) {
    return switch (value) {
      case null -> 1;
      case CharSequence text -> text.length();
      case Object[] row -> {
        long sum = 0;
        for (Object field : row) {
          sum += size(field);
        }
        yield sum;
      }
      case List<?> list -> list.stream().mapToLong(ArrowBatches::size).sum();
      case Map<?, ?> map ->
          map.entrySet().stream().mapToLong(e -> size(e.getKey()) + size(e.getValue())).sum();
      case ByteString bytes -> bytes.length();
      case Object plain -> Double.BYTES;
    };
  }

  /** Cancels what still runs and waits for its end. */
  @Override
  public void close() {
    if (end == null) {
      control.cancel();
    }
    boolean interrupted = false;
    while (end == null) {
      try {
        if (items.take() instanceof Item.End last) {
          end = last;
        }
      } catch (InterruptedException e) {
        // The query uses the session's memory: nobody may go on before it has ended.
        interrupted = true;
      }
    }
    batch.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
