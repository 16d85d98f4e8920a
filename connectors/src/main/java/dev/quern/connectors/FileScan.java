package dev.quern.connectors;

import dev.quern.executor.table.BatchReader;
import dev.quern.executor.table.RowId;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** A running scan over the files of a table, one open at a time. */
public final class FileScan implements BatchReader {
  private final List<DataFile> files;
  private final Schema wanted;
  private final DataFile.Request request;
  private final VectorSchemaRoot nothing;
  private ScanStatistics closedFiles = ScanStatistics.NONE;
  private Optional<BatchCursor> cursor = Optional.empty();
  private int nextFile;

  FileScan(List<DataFile> files, Schema wanted, DataFile.Request request) {
    this.files = files;
    this.wanted = wanted;
    this.request = request;
    this.nothing = VectorSchemaRoot.create(wanted, request.allocator());
  }

  @Override
  public boolean next() {
    while (true) {
      if (cursor.isPresent()) {
        if (cursor.get().next()) {
          return true;
        }
        closeFile();
      }
      if (nextFile == files.size()) {
        return false;
      }
      DataFile file = files.get(nextFile++);
      cursor = Optional.of(WideningCursor.over(file.open(request), wanted, request.allocator()));
    }
  }

  @Override
  public VectorSchemaRoot batch() {
    return cursor.map(BatchCursor::batch).orElse(nothing);
  }

  @Override
  public RowId firstRow() {
    BatchCursor open =
        cursor.orElseThrow(() -> new IllegalStateException("no batch is loaded: call next()"));
    return new RowId(nextFile - 1, open.group(), open.row());
  }

  /** What has been read so far; complete once {@link #next()} was false. */
  public ScanStatistics statistics() {
    return cursor.map(open -> add(closedFiles, open.statistics())).orElse(closedFiles);
  }

  private void closeFile() {
    cursor.ifPresent(open -> {
      closedFiles = add(closedFiles, open.statistics());
      open.close();
    });
    cursor = Optional.empty();
  }

  private static ScanStatistics add(ScanStatistics a, ScanStatistics b) {
    return new ScanStatistics(
        a.files() + b.files(),
        a.rowGroups() + b.rowGroups(),
        a.skippedRowGroups() + b.skippedRowGroups(),
        a.columnChunks() + b.columnChunks(),
        a.rows() + b.rows());
  }

  @Override
  public void close() {
    closeFile();
    nextFile = files.size();
    nothing.close();
  }
}
