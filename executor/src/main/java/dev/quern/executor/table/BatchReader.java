package dev.quern.executor.table;

import org.apache.arrow.vector.VectorSchemaRoot;

/** A running scan: one batch at a time, its buffers reused or freed when the next is loaded. */
public interface BatchReader extends AutoCloseable {
  /** Loads the next batch; false at the end. Errors name file, row group and remedy. */
  boolean next();

  /** The batch loaded last; valid until the next call of {@link #next()} or {@link #close()}. */
  VectorSchemaRoot batch();

  /** Stable id of the first row of the batch; the others follow one by one. */
  RowId firstRow();

  @Override
  void close();
}
