package dev.quern.connectors;

import dev.quern.executor.table.ColumnStatistics;
import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.LocalInputFile;

/** A Parquet file and its footer. */
final class ParquetDataFile implements DataFile {
  /** Magic at both ends, and the footer's length before the last one. */
  private static final int SMALLEST_FILE = 12;

  private final Path path;
  private final FileVersion version;
  private final ParquetMetadata footer;
  private final Schema schema;

  private ParquetDataFile(Path path, FileVersion version, ParquetMetadata footer, Schema schema) {
    this.path = path;
    this.version = version;
    this.footer = footer;
    this.schema = schema;
  }

  static ParquetDataFile open(Path path) {
    FileVersion version = FileVersion.of(path);
    checkMagic(path);
    return LibraryErrors.translate(
        () -> path + ": the footer cannot be read",
        () -> {
          try (ParquetFileReader reader =
              ParquetFileReader.open(new LocalInputFile(path), options())) {
            ParquetMetadata footer = reader.getFooter();
            refuseEncrypted(path, footer);
            return new ParquetDataFile(
                path, version, footer, ParquetTypes.schema(footer.getFileMetaData().getSchema()));
          }
        });
  }

  /** Opens the file for reading pages, with the footer read before. */
  ParquetFileReader reader() throws IOException {
    version.requireUnchanged(path);
    LocalInputFile file = new LocalInputFile(path);
    return ParquetFileReader.open(file, footer, options(), file.newStream());
  }

  private static ParquetReadOptions options() {
    return ParquetReadOptions.builder(new PlainParquetConfiguration())
        .withCodecFactory(new ParquetCodecs())
        .usePageChecksumVerification()
        .build();
  }

  private static void checkMagic(Path path) {
    try (FileChannel channel = FileChannel.open(path)) {
      long size = channel.size();
      if (size < SMALLEST_FILE) {
        throw new TableException(
            path
                + (size == 0 ? " is empty" : " has " + size + " bytes, too few for Parquet")
                + "; it was probably cut off while written or copied: write or copy it again");
      }
      String head = magic(channel, 0);
      String tail = magic(channel, size - 4);
      if (tail.equals("PARE") || head.equals("PARE")) {
        throw new TableException(
            path + " is encrypted Parquet, which Quern does not read; write it without encryption");
      }
      if (!head.equals("PAR1")) {
        throw new TableException(
            path
                + " is not Parquet: it does not begin with PAR1; give it the extension of its real"
                + " format ("
                + TableFormat.known()
                + ")");
      }
      if (!tail.equals("PAR1")) {
        throw new TableException(
            path
                + " is a truncated Parquet file: it does not end with PAR1 after "
                + size
                + " bytes; its footer is missing: write or copy it again");
      }
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  private static String magic(FileChannel channel, long at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4);
    int count = 0;
    while (bytes.hasRemaining() && count >= 0) {
      count = channel.read(bytes, at + bytes.position());
    }
    return new String(bytes.array(), StandardCharsets.ISO_8859_1);
  }

  private static void refuseEncrypted(Path path, ParquetMetadata footer) {
    switch (footer.getFileMetaData().getEncryptionType()) {
      case UNENCRYPTED -> {}
      case PLAINTEXT_FOOTER, ENCRYPTED_FOOTER ->
          throw new TableException(
              path
                  + " has encrypted columns, which Quern does not read; write it without"
                  + " encryption");
    }
  }

  ParquetMetadata footer() {
    return footer;
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
    return OptionalLong.of(footer.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum());
  }

  @Override
  public Optional<ColumnStatistics> statistics(String column) {
    return ParquetStatistics.of(footer, column);
  }

  @Override
  public BatchCursor open(Request request) {
    return ParquetCursor.open(this, request);
  }
}
