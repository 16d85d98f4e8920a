package dev.quern.connectors;

import java.nio.file.Path;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Batches of a text file, which is one group of rows. */
final class RowCursor implements BatchCursor {
  private final Path path;
  private final int batchRows;
  private final VectorSchemaRoot root;
  private final RowSource rows;
  private ScanStatistics statistics = ScanStatistics.NONE.withFile();
  private long row;
  private int batchSize;

  /** Rows one after the other. */
  interface RowSource extends AutoCloseable {
    /** Stores the next row at an index of the wanted columns' vectors; false at the end. */
    boolean next(VectorSchemaRoot root, int index);

    @Override
    void close();
  }

  RowCursor(Path path, Schema schema, DataFile.Request request, RowSource rows) {
    this.path = path;
    this.batchRows = request.batchRows();
    this.rows = rows;
    this.root =
        VectorSchemaRoot.create(
            new Schema(request.columns().stream().map(schema::findField).toList()),
            request.allocator());
    statistics = statistics.withGroup(request.columns().size());
  }

  @Override
  public boolean next() {
    root.getFieldVectors().forEach(FieldVector::reset);
    row += batchSize;
    batchSize = 0;
    while (batchSize < batchRows && rows.next(root, batchSize)) {
      batchSize++;
    }
    root.setRowCount(batchSize);
    statistics = statistics.withRows(batchSize);
    return batchSize > 0;
  }

  @Override
  public VectorSchemaRoot batch() {
    return root;
  }

  @Override
  public int group() {
    return 0;
  }

  @Override
  public long row() {
    return row;
  }

  @Override
  public ScanStatistics statistics() {
    return statistics;
  }

  @Override
  public String describe() {
    return path.toString();
  }

  @Override
  public void close() {
    root.close();
    rows.close();
  }
}
