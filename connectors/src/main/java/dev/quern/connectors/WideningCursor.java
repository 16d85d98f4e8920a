package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Gives the batches of a file the types that the table has over all its files. */
final class WideningCursor implements BatchCursor {
  private final BatchCursor narrow;
  private final VectorSchemaRoot wide;

  private WideningCursor(BatchCursor narrow, Schema wanted, BufferAllocator allocator) {
    this.narrow = narrow;
    this.wide = VectorSchemaRoot.create(wanted, allocator);
  }

  /** The cursor itself where it has the wanted types already. */
  static BatchCursor over(BatchCursor cursor, Schema wanted, BufferAllocator allocator) {
    return sameTypes(cursor.batch().getSchema().getFields(), wanted.getFields())
        ? cursor
        : new WideningCursor(cursor, wanted, allocator);
  }

  static boolean sameTypes(List<Field> a, List<Field> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).getName().equals(b.get(i).getName())
          || !a.get(i).getType().equals(b.get(i).getType())
          || !sameTypes(a.get(i).getChildren(), b.get(i).getChildren())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean next() {
    if (!narrow.next()) {
      return false;
    }
    VectorSchemaRoot batch = narrow.batch();
    for (int c = 0; c < wide.getFieldVectors().size(); c++) {
      copy(batch.getVector(c), wide.getVector(c), batch.getRowCount());
    }
    wide.setRowCount(batch.getRowCount());
    return true;
  }

  private void copy(FieldVector from, FieldVector to, int rows) {
    to.reset();
    ValueCopy copy = ValueCopy.between(from, to, new MapDictionaryProvider());
    for (int row = 0; row < rows; row++) {
      try {
        copy.copy(row, row);
      } catch (BadValueException e) {
        throw new TableException(
            narrow.describe()
                + ", column \""
                + from.getName()
                + "\", row "
                + (narrow.row() + row + 1)
                + " of group "
                + narrow.group()
                + ": "
                + e.getMessage(),
            e);
      }
    }
  }

  @Override
  public VectorSchemaRoot batch() {
    return wide;
  }

  @Override
  public int group() {
    return narrow.group();
  }

  @Override
  public long row() {
    return narrow.row();
  }

  @Override
  public ScanStatistics statistics() {
    return narrow.statistics();
  }

  @Override
  public String describe() {
    return narrow.describe();
  }

  @Override
  public void close() {
    wide.close();
    narrow.close();
  }
}
