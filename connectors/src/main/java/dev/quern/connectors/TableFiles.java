package dev.quern.connectors;

import dev.quern.executor.table.BatchSink;
import dev.quern.executor.table.TableException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Opens and writes tables that are stored in files. */
public final class TableFiles {
  private TableFiles() {}

  /** {@link #open(String, ReadOptions, FileAccess, BufferAllocator)}, any file, usual options. */
  public static FileTable open(String name, BufferAllocator allocator) {
    return open(name, FileAccess.all(), allocator);
  }

  /** {@link #open(String, ReadOptions, FileAccess, BufferAllocator)} with the usual options. */
  public static FileTable open(String name, FileAccess access, BufferAllocator allocator) {
    return open(name, ReadOptions.DEFAULT, access, allocator);
  }

  /** {@link #open(String, ReadOptions, FileAccess, BufferAllocator)}, any file. */
  public static FileTable open(String name, ReadOptions options, BufferAllocator allocator) {
    return open(name, options, FileAccess.all(), allocator);
  }

  /**
   * Opens a table. Reads headers and footers, and all of a CSV or JSON Lines file once, to find the
   * columns' types.
   *
   * @param name a file, a folder (all tables below it whose names do not begin with "." or "_"), or
   *     a glob ({@code reviews/*.parquet}, {@code **}); the format follows from the extension
   * @param access says where the name leads, and whether each file may be read
   * @param allocator for memory needed while opening; scans get their own
   * @throws TableException if nothing is found, a file cannot be read, or the files' columns differ
   * @throws FileRefusedException for what may not be read
   */
  public static FileTable open(
      String name, ReadOptions options, FileAccess access, BufferAllocator allocator) {
    FileSelection selection = FileSelection.of(name, access);
    List<DataFile> files =
        selection.files().stream().map(path -> open(path, selection.format(), allocator)).toList();
    return new FileTable(name, selection.format(), files, options);
  }

  /** {@link #create(String, Schema, WriteOptions, FileAccess, BufferAllocator)}, usual options. */
  public static BatchSink create(String name, Schema schema, BufferAllocator allocator) {
    return create(name, schema, WriteOptions.DEFAULT, allocator);
  }

  /** {@link #create(String, Schema, WriteOptions, FileAccess, BufferAllocator)}, any file. */
  public static BatchSink create(
      String name, Schema schema, WriteOptions options, BufferAllocator allocator) {
    return create(name, schema, options, FileAccess.all(), allocator);
  }

  /**
   * Starts writing a table. Rows stand in a hidden file beside the target until the commit.
   *
   * @param name a file, whose extension names the format, or a folder: one that exists, or a name
   *     that ends with "/"
   * @throws TableException if the target exists (see {@link WriteMode}), cannot be written, or
   *     cannot hold a column
   * @throws FileRefusedException for what may not be written
   */
  public static BatchSink create(
      String name,
      Schema schema,
      WriteOptions options,
      FileAccess access,
      BufferAllocator allocator) {
    return create(name, schema, options, access, allocator, Storage.DISK);
  }

  static BatchSink create(
      String name,
      Schema schema,
      WriteOptions options,
      FileAccess access,
      BufferAllocator allocator,
      Storage storage) {
    SinkTarget target = SinkTarget.of(name, options, access);
    if (target instanceof SinkTarget.AddedPart(_, var folder, var format)) {
      AppendCheck.require(folder, format, schema, access, allocator);
    }
    return new FileSink(
        name,
        schema,
        target,
        storage,
        out ->
            switch (target.format()) {
              case PARQUET -> new ParquetEncoder(out, schema, options.compression());
              case ARROW -> new ArrowEncoder(out, schema, allocator);
              case CSV, JSON_LINES ->
                  throw new TableException(
                      "writing "
                          + target.format()
                          + " is not built yet; name a .parquet or .arrow file");
            });
  }

  private static DataFile open(Path path, TableFormat format, BufferAllocator allocator) {
    return switch (format) {
      case PARQUET -> ParquetDataFile.open(path);
      case ARROW -> ArrowDataFile.open(path, allocator);
      case CSV -> CsvDataFile.open(path);
      case JSON_LINES -> JsonDataFile.open(path);
    };
  }
}
