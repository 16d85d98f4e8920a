package dev.quern.executor.table;

import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes batches to a file or folder. Nothing stands under the final name before {@link #commit()};
 * closing without a commit removes what was written.
 */
public interface BatchSink extends AutoCloseable {
  /** Appends a batch. The caller keeps the batch and may reuse it afterwards. */
  void write(VectorSchemaRoot batch);

  /** Makes the output durable and moves it to its final name, atomically. */
  void commit();

  @Override
  void close();
}
