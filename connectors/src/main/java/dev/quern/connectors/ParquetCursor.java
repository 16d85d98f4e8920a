package dev.quern.connectors;

import dev.quern.executor.table.ColumnFilter;
import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Reads the wanted columns of a Parquet file, row group by row group. */
final class ParquetCursor implements BatchCursor {
  private final ParquetDataFile file;
  private final int batchRows;
  private final List<ColumnFilter> filters;
  private final ParquetFileReader reader;
  private final MessageType message;
  private final VectorSchemaRoot root;
  private final List<ParquetColumn> columns;
  private ScanStatistics statistics = ScanStatistics.NONE.withFile();
  private int group = -1;
  private long groupStart;
  private long groupRows;
  private long rowInGroup;
  private int batchSize;

  private ParquetCursor(
      ParquetDataFile file,
      DataFile.Request request,
      ParquetFileReader reader,
      MessageType message) {
    this.file = file;
    this.batchRows = request.batchRows();
    this.filters = request.filters();
    this.reader = reader;
    this.message = message;
    this.root =
        VectorSchemaRoot.create(
            new Schema(request.columns().stream().map(file.schema()::findField).toList()),
            request.allocator());
    this.columns = columns();
    reader.setRequestedSchema(message);
  }

  static ParquetCursor open(ParquetDataFile file, DataFile.Request request) {
    return LibraryErrors.translate(
        () -> file.path() + " cannot be opened",
        () -> new ParquetCursor(file, request, file.reader(), wanted(file, request.columns())));
  }

  /** The wanted columns of the file's own schema, in the order wanted. */
  private static MessageType wanted(ParquetDataFile file, List<String> names) {
    MessageType all = file.footer().getFileMetaData().getSchema();
    return new MessageType(all.getName(), names.stream().map(all::getType).toList());
  }

  private List<ParquetColumn> columns() {
    List<ParquetColumn> built = new ArrayList<>();
    Iterator<ColumnDescriptor> leaves = message.getColumns().iterator();
    Iterator<FieldVector> vectors = root.getFieldVectors().iterator();
    for (Type type : message.getFields()) {
      FieldVector vector = vectors.next();
      vector.setInitialCapacity(batchRows);
      built.add(ParquetColumn.of(ParquetNode.of(type), 0, 0, vector, leaves));
    }
    return built;
  }

  @Override
  public boolean next() {
    while (rowInGroup + batchSize == groupRows) {
      if (!nextGroup()) {
        return false;
      }
    }
    rowInGroup += batchSize;
    batchSize = (int) Math.min(batchRows, groupRows - rowInGroup);
    fill();
    statistics = statistics.withRows(batchSize);
    return true;
  }

  /** Moves to the next row group that the filters leave; false if there is none. */
  private boolean nextGroup() {
    List<BlockMetaData> blocks = file.footer().getBlocks();
    groupStart += groupRows;
    rowInGroup = 0;
    groupRows = 0;
    batchSize = 0;
    while (++group < blocks.size()) {
      BlockMetaData block = blocks.get(group);
      if (ParquetPruning.keeps(block, filters)) {
        groupRows = block.getRowCount();
        statistics = statistics.withGroup(message.getColumns().size());
        if (groupRows > 0 && !columns.isEmpty()) {
          bind();
        }
        return true;
      }
      groupStart += block.getRowCount();
      statistics = statistics.withSkippedGroup();
    }
    return false;
  }

  private void bind() {
    LibraryErrors.translate(
        () -> file.path() + ", row group " + group,
        () -> {
          PageReadStore pages = reader.readRowGroup(group);
          ColumnReadStoreImpl store =
              new ColumnReadStoreImpl(
                  new NonEmptyPages(pages),
                  new IgnoredConverter(message),
                  message,
                  file.footer().getFileMetaData().getCreatedBy());
          columns.forEach(column -> column.bind(store));
          return store;
        });
  }

  private void fill() {
    for (int c = 0; c < columns.size(); c++) {
      fill(columns.get(c), root.getVector(c));
    }
    root.setRowCount(batchSize);
  }

  private void fill(ParquetColumn column, FieldVector vector) {
    vector.reset();
    int[] row = new int[1];
    LibraryErrors.translate(
        () -> where(vector.getField(), rowInGroup + row[0]),
        () -> {
          for (; row[0] < batchSize; row[0]++) {
            column.read(row[0]);
          }
          return column;
        });
  }

  /** Rows count from 1 in the file. */
  private String where(Field field, long rowOfGroup) {
    return file.path()
        + ", column \""
        + field.getName()
        + "\", row "
        + (groupStart + rowOfGroup + 1)
        + " (row group "
        + group
        + ")";
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
