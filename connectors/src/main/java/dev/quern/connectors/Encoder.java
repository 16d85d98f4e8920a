package dev.quern.connectors;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes batches to a stream in one format. Closing frees memory and writes nothing. */
interface Encoder extends AutoCloseable {
  void write(VectorSchemaRoot batch) throws IOException;

  /** Writes what stands at the end of a file. */
  void finish() throws IOException;

  @Override
  void close();
}
