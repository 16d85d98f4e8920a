package dev.quern.connectors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes the Arrow IPC file format, uncompressed: one record batch a batch. */
final class ArrowEncoder implements Encoder {
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;

  ArrowEncoder(OutputStream out, Schema schema, BufferAllocator allocator) throws IOException {
    this.root = VectorSchemaRoot.create(schema, allocator);
    this.writer = new ArrowFileWriter(root, null, Channels.newChannel(out));
    writer.start();
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    try (ArrowRecordBatch buffers = new VectorUnloader(batch).getRecordBatch()) {
      new VectorLoader(root).load(buffers);
      writer.writeBatch();
    } finally {
      root.clear();
    }
  }

  @Override
  public void finish() throws IOException {
    writer.end();
  }

  @Override
  public void close() {
    root.close();
  }
}
