package dev.quern.connectors;

import org.apache.arrow.vector.VectorSchemaRoot;

/** A scan of one file. */
interface BatchCursor extends AutoCloseable {
  /** Loads the next batch of at least one row; false at the end. */
  boolean next();

  /** The batch loaded last; its buffers belong to the cursor. */
  VectorSchemaRoot batch();

  /** Row group or record batch of the batch's first row. */
  int group();

  /** Place of the batch's first row in its group. */
  long row();

  /** What this cursor has read so far. */
  ScanStatistics statistics();

  /** The file, for error messages. */
  String describe();

  @Override
  void close();
}
