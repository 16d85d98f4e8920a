package dev.quern.sql.arrow;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.Prepared;
import dev.quern.sql.Session;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.QueryControl;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** A planned statement of a session whose parameters and rows are Arrow batches. */
public final class ArrowStatement implements AutoCloseable {
  private final Session session;
  private final Prepared prepared;
  private final Schema columns;

  private ArrowStatement(Session session, Prepared prepared, Schema columns) {
    this.session = session;
    this.prepared = prepared;
    this.columns = columns;
  }

  /**
   * Plans a statement; nothing runs.
   *
   * @throws QueryException where it is not understood, or gives a column that Arrow cannot hold
   */
  public static ArrowStatement prepare(Session session, String sql) {
    Prepared prepared = session.prepare(sql);
    try {
      Schema columns =
          switch (prepared) {
            case Prepared.Rows rows -> ArrowFields.result(rows.columns());
            case Prepared.Update update -> new Schema(List.of());
          };
      return new ArrowStatement(session, prepared, columns);
    } catch (RuntimeException e) {
      prepared.close();
      throw e;
    }
  }

  /** Whether it gives a number of rows, and no rows. */
  public boolean isUpdate() {
    return prepared instanceof Prepared.Update;
  }

  /** The columns of the rows; none for an update. */
  public Schema columns() {
    return columns;
  }

  /** One field a parameter, in order. */
  public Schema parameters() {
    return ArrowFields.result(prepared.parameters());
  }

  /**
   * Values of the parameters, one list for each row of the batch.
   *
   * @param read told of each value at once; it throws where they become too many
   * @throws QueryException where number or type of the values is not that of the parameters
   */
  public List<List<Object>> values(VectorSchemaRoot batch, Consumer<Object> read) {
    return ArrowParameters.rows(prepared.parameters(), batch, read);
  }

  /**
   * Starts a query: once for each list of values, one after another.
   *
   * @param puller runs the query; the caller's thread takes its batches
   */
  public ArrowBatches query(
      List<List<Object>> values, QueryControl control, BufferAllocator allocator, Executor puller) {
    if (!(prepared instanceof Prepared.Rows rows)) {
      throw new IllegalStateException("the statement gives no rows");
    }
    List<List<Object>> runs = runs(values);
    var batches =
        new ArrowBatches(
            VectorSchemaRoot.create(columns, allocator),
            control,
            runs.stream().map(run -> new ArrowBatches.Run(session, rows, run)).toList());
    try {
      puller.execute(batches::pull);
      return batches;
    } catch (RejectedExecutionException e) {
      batches.batch().close();
      throw e;
    }
  }

  /** Runs an update, once for each list of values, and gives the number of rows written. */
  public long update(List<List<Object>> values, QueryControl control) {
    if (!(prepared instanceof Prepared.Update update)) {
      throw new QueryException(
          State.TYPE, "the statement gives rows and changes none; send it as a query");
    }
    long rows = 0;
    try {
      for (List<Object> run : runs(values)) {
        control.check();
        QueryContext context = session.start(run, control);
        try {
          rows += update.run().applyAsLong(context);
        } finally {
          context.counters().end();
        }
      }
      return rows;
    } finally {
      control.close();
    }
  }

  private List<List<Object>> runs(List<List<Object>> values) {
    int parameters = prepared.parameters().getFieldCount();
    if (parameters == 0) {
      return List.of(List.of());
    }
    if (values.isEmpty()) {
      throw new QueryException(
          State.DATA, "the statement has " + parameters + " parameters without values; bind them");
    }
    return values;
  }

  @Override
  public void close() {
    prepared.close();
  }
}
