package dev.quern.sql.arrow;

import dev.quern.executor.table.BatchSink;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Takes rows one by one and hands them to a table as batches. */
public final class ArrowRowSink implements AutoCloseable {
  private static final int BATCH_ROWS = 1024;

  private final BatchSink sink;
  private final Schema schema;
  private final BufferAllocator allocator;
  private VectorSchemaRoot batch;
  private List<ArrowWriters.Writer> writers = List.of();
  private int pending;
  private long rows;

  /**
   * @param sink written to and closed by this
   */
  public ArrowRowSink(BatchSink sink, Schema schema, BufferAllocator allocator) {
    this.sink = sink;
    this.schema = schema;
    this.allocator = allocator;
  }

  /** Adds a row in Calcite's internal representation. */
  public void add(Object[] row) {
    if (batch == null) {
      batch = VectorSchemaRoot.create(schema, allocator);
      writers =
          batch.getFieldVectors().stream()
              .map(vector -> ArrowWriters.of(vector, vector.getName()))
              .toList();
    }
    for (int i = 0; i < row.length; i++) {
      writers.get(i).write(pending, row[i]);
    }
    pending++;
    rows++;
    if (pending == BATCH_ROWS) {
      flush();
    }
  }

  private void flush() {
    if (batch == null) {
      return;
    }
    batch.setRowCount(pending);
    sink.write(batch);
    drop();
  }

  private void drop() {
    if (batch != null) {
      batch.close();
      batch = null;
    }
    pending = 0;
  }

  /** Rows added. */
  public long rows() {
    return rows;
  }

  /** Gives the table with all rows added its final name. */
  public void commit() {
    flush();
    sink.commit();
  }

  /** Without a commit nothing stays. */
  @Override
  public void close() {
    try (sink) {
      drop();
    }
  }
}
