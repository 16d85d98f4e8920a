package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/** Opens tables that are stored in files. */
public final class TableFiles {
  private TableFiles() {}

  /** {@link #open(String, ReadOptions, BufferAllocator)} with the usual options. */
  public static FileTable open(String name, BufferAllocator allocator) {
    return open(name, ReadOptions.DEFAULT, allocator);
  }

  /**
   * Opens a table. Reads headers and footers, and all of a CSV or JSON Lines file once, to find the
   * columns' types.
   *
   * @param name a file, a folder (all tables below it whose names do not begin with "." or "_"), or
   *     a glob ({@code reviews/*.parquet}, {@code **}); the format follows from the extension
   * @param allocator for memory needed while opening; scans get their own
   * @throws TableException if nothing is found, a file cannot be read, or the files' columns differ
   */
  public static FileTable open(String name, ReadOptions options, BufferAllocator allocator) {
    FileSelection selection = FileSelection.of(name);
    List<DataFile> files =
        selection.files().stream().map(path -> open(path, selection.format(), allocator)).toList();
    return new FileTable(name, selection.format(), files, options);
  }

  private static DataFile open(Path path, TableFormat format, BufferAllocator allocator) {
    return switch (format) {
      case PARQUET -> ParquetDataFile.open(path);
      case ARROW, CSV, JSON_LINES ->
          throw new TableException(path + ": " + format + " is not built yet (" + allocator + ")");
    };
  }
}
