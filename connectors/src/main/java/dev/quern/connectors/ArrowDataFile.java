package dev.quern.connectors;

import dev.quern.executor.table.ColumnStatistics;
import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.types.pojo.Schema;

/** A file in Arrow's IPC file or stream format, told apart by the magic at its beginning. */
final class ArrowDataFile implements DataFile {
  private static final String MAGIC = "ARROW1";
  private static final String OLD_FEATHER = "FEA1";

  private final Path path;
  private final FileVersion version;
  private final boolean stream;
  private final Schema schema;
  private final OptionalLong rows;

  private ArrowDataFile(
      Path path, FileVersion version, boolean stream, Schema schema, OptionalLong rows) {
    this.path = path;
    this.version = version;
    this.stream = stream;
    this.schema = schema;
    this.rows = rows;
  }

  static ArrowDataFile open(Path path, BufferAllocator allocator) {
    FileVersion version = FileVersion.of(path);
    return LibraryErrors.translate(
        () -> path + " cannot be read as Arrow IPC",
        () -> {
          try (FileChannel channel = FileChannel.open(path)) {
            boolean stream = isStream(path, channel);
            try (ArrowReader reader = reader(channel, stream, allocator)) {
              Schema stored = reader.getVectorSchemaRoot().getSchema();
              Schema schema =
                  new Schema(
                      stored.getFields().stream().map(f -> ArrowTypes.field(f, reader)).toList());
              OptionalLong rows =
                  reader instanceof ArrowFileReader file
                      ? OptionalLong.of(rows(channel, file))
                      : OptionalLong.empty();
              return new ArrowDataFile(path, version, stream, schema, rows);
            }
          }
        });
  }

  private static boolean isStream(Path path, FileChannel channel) throws IOException {
    if (channel.size() == 0) {
      throw new TableException(
          path + " is empty; it was probably cut off while written or copied: write it again");
    }
    ByteBuffer head = ByteBuffer.allocate(8);
    int count = 0;
    while (head.hasRemaining() && count >= 0) {
      count = channel.read(head, head.position());
    }
    String text = new String(head.array(), StandardCharsets.ISO_8859_1);
    if (text.startsWith(OLD_FEATHER)) {
      throw new TableException(
          path + " is Feather version 1, which Quern does not read; write it as version 2");
    }
    // A stream begins with a continuation marker, or with a length as old writers did.
    boolean stream = head.getInt(0) == -1 || (head.get(3) == 0 && !text.startsWith(MAGIC));
    if (!stream && !text.startsWith(MAGIC)) {
      throw new TableException(
          path
              + " is not Arrow IPC: it begins neither as a file nor as a stream; give it the"
              + " extension of its real format ("
              + TableFormat.known()
              + ")");
    }
    return stream;
  }

  private static ArrowReader reader(
      FileChannel channel, boolean stream, BufferAllocator allocator) {
    return stream
        ? new ArrowStreamReader(channel, allocator, CommonsCompressionFactory.INSTANCE)
        : new ArrowFileReader(channel, allocator, CommonsCompressionFactory.INSTANCE);
  }

  /** Sums the lengths that the record batches' headers give. */
  private static long rows(FileChannel channel, ArrowFileReader reader) throws IOException {
    long rows = 0;
    for (ArrowBlock block : reader.getRecordBlocks()) {
      ByteBuffer metadata = ByteBuffer.allocate(block.getMetadataLength());
      int count = 0;
      while (metadata.hasRemaining() && count >= 0) {
        count = channel.read(metadata, block.getOffset() + metadata.position());
      }
      metadata.order(ByteOrder.LITTLE_ENDIAN).rewind();
      metadata.position(metadata.getInt(0) == -1 ? 8 : 4);
      RecordBatch header =
          (RecordBatch) Message.getRootAsMessage(metadata).header(new RecordBatch());
      rows += header.length();
    }
    return rows;
  }

  /** Opens the file again for reading batches; the reader closes the channel. */
  ArrowReader reader(BufferAllocator allocator) throws IOException {
    version.requireUnchanged(path);
    return reader(FileChannel.open(path), stream, allocator);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public OptionalLong rowCount() {
    return rows;
  }

  @Override
  public Optional<ColumnStatistics> statistics(String column) {
    return Optional.empty();
  }

  @Override
  public BatchCursor open(Request request) {
    return new ArrowCursor(this, request);
  }
}
