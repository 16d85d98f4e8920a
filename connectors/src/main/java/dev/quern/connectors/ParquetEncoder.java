package dev.quern.connectors;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Writes Parquet: dictionaries where they pay, statistics, page checksums. */
final class ParquetEncoder implements Encoder {
  /** A row group is held in memory until it is full: rather small ones. */
  private static final long ROW_GROUP_BYTES = 64L << 20;

  private final Support support;
  private final ParquetWriter<Integer> writer;

  ParquetEncoder(OutputStream out, Schema schema, Compression compression) throws IOException {
    this.support = new Support(ParquetSchemas.message(schema));
    this.writer =
        new Builder(new StreamFile(out), support)
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .withCompressionCodec(
                switch (compression) {
                  case NONE -> CompressionCodecName.UNCOMPRESSED;
                  case SNAPPY -> CompressionCodecName.SNAPPY;
                  case ZSTD -> CompressionCodecName.ZSTD;
                })
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build();
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    support.bind(batch);
    for (int row = 0; row < batch.getRowCount(); row++) {
      writer.write(row);
    }
  }

  @Override
  public void finish() throws IOException {
    writer.close();
  }

  /** The writer's buffers are on the heap; closing it would write to a stream that is given up. */
  @Override
  public void close() {}

  /** Writes the row with a given index of the batch bound last. */
  private static final class Support extends WriteSupport<Integer> {
    private final MessageType message;
    private RecordConsumer out;
    private List<ParquetFields> fields = List.of();

    private Support(MessageType message) {
      this.message = message;
    }

    private void bind(VectorSchemaRoot batch) {
      fields =
          IntStream.range(0, message.getFieldCount())
              .mapToObj(c -> new ParquetFields(batch.getVector(c), message.getType(c), c, out))
              .toList();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the library still
    public WriteContext init(Configuration configuration) {
      return new WriteContext(message, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(message, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(Integer row) {
      out.startMessage();
      for (ParquetFields field : fields) {
        field.add(row);
      }
      out.endMessage();
    }
  }

  private static final class Builder extends ParquetWriter.Builder<Integer, Builder> {
    private final Support support;

    private Builder(OutputFile file, Support support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the library still
    protected WriteSupport<Integer> getWriteSupport(Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<Integer> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }

  /** The sink's stream as the library wants it; the sink closes it. */
  private record StreamFile(OutputStream out) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSize) {
      return new Counted(out);
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) {
      return create(blockSize);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }

  private static final class Counted extends PositionOutputStream {
    private final OutputStream out;
    private long position;

    private Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      position++;
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
      out.write(bytes, start, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
