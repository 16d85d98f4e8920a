package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Copies the wanted columns out of one record batch after the other. Whole record batches are
 * loaded: the format's readers know no columns.
 */
final class ArrowCursor implements BatchCursor {
  private final ArrowDataFile file;
  private final int batchRows;
  private final ArrowReader reader;
  private final VectorSchemaRoot root;
  private ScanStatistics statistics = ScanStatistics.NONE.withFile();
  private List<ValueCopy> copies = List.of();
  private int group = -1;
  private int groupRows;
  private int rowInGroup;
  private int batchSize;

  ArrowCursor(ArrowDataFile file, DataFile.Request request) {
    this.file = file;
    this.batchRows = request.batchRows();
    this.root =
        VectorSchemaRoot.create(
            new Schema(request.columns().stream().map(file.schema()::findField).toList()),
            request.allocator());
    this.reader =
        LibraryErrors.translate(
            () -> file.path() + " cannot be opened", () -> file.reader(request.allocator()));
  }

  @Override
  public boolean next() {
    while (rowInGroup + batchSize == groupRows) {
      if (!nextGroup()) {
        return false;
      }
    }
    rowInGroup += batchSize;
    batchSize = Math.min(batchRows, groupRows - rowInGroup);
    for (int c = 0; c < copies.size(); c++) {
      copy(copies.get(c), root.getVector(c));
    }
    root.setRowCount(batchSize);
    statistics = statistics.withRows(batchSize);
    return true;
  }

  private boolean nextGroup() {
    rowInGroup = 0;
    batchSize = 0;
    groupRows = 0;
    group++;
    return LibraryErrors.translate(
        () -> file.path() + ", record batch " + group,
        () -> {
          if (!reader.loadNextBatch()) {
            return false;
          }
          VectorSchemaRoot stored = reader.getVectorSchemaRoot();
          copies = new ArrayList<>();
          for (FieldVector target : root.getFieldVectors()) {
            copies.add(ValueCopy.between(stored.getVector(target.getName()), target, reader));
          }
          groupRows = stored.getRowCount();
          statistics = statistics.withGroup(copies.size());
          return true;
        });
  }

  private void copy(ValueCopy copy, FieldVector target) {
    target.reset();
    int[] row = new int[1];
    LibraryErrors.translate(
        () ->
            file.path()
                + ", column \""
                + target.getName()
                + "\", row "
                + (rowInGroup + row[0] + 1)
                + " of record batch "
                + group,
        () -> {
          for (; row[0] < batchSize; row[0]++) {
            copy.copy(rowInGroup + row[0], row[0]);
          }
          return copy;
        });
  }

  @Override
  public VectorSchemaRoot batch() {
    return root;
  }

  @Override
  public int group() {
    return group;
  }

  @Override
  public long row() {
    return rowInGroup;
  }

  @Override
  public ScanStatistics statistics() {
    return statistics;
  }

  @Override
  public String describe() {
    return file.path().toString();
  }

  @Override
  public void close() {
    root.close();
    try {
      reader.close();
    } catch (IOException e) {
      throw new TableException(file.path() + " cannot be closed: " + FileErrors.reason(e), e);
    }
  }
}
