package dev.quern.sql.arrow;

import dev.quern.executor.table.BatchReader;
import dev.quern.executor.table.BatchSource;
import dev.quern.executor.table.ColumnFilter;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.calcite.linq4j.Enumerator;

/** The rows of a running scan. The scan starts with the first row asked for. */
public final class ArrowRows implements Enumerator<Object[]> {
  private final BatchSource source;
  private final List<String> columns;
  private final List<ColumnFilter> filters;
  private final BufferAllocator allocator;
  private final Runnable beforeBatch;
  private BatchReader reader;
  private List<IntFunction<Object>> values = List.of();
  private int rows;
  private int row;
  private Object[] current;

  /**
   * @param beforeBatch runs before a batch is read; throws to end the scan (cancel)
   */
  public ArrowRows(
      BatchSource source,
      List<String> columns,
      List<ColumnFilter> filters,
      BufferAllocator allocator,
      Runnable beforeBatch) {
    this.source = source;
    this.columns = columns;
    this.filters = filters;
    this.allocator = allocator;
    this.beforeBatch = beforeBatch;
  }

  @Override
  public boolean moveNext() {
    while (row >= rows) {
      if (!nextBatch()) {
        return false;
      }
    }
    current = new Object[values.size()];
    for (int i = 0; i < current.length; i++) {
      current[i] = values.get(i).apply(row);
    }
    row++;
    return true;
  }

  private boolean nextBatch() {
    beforeBatch.run();
    if (reader == null) {
      reader = source.scan(columns, filters, allocator);
    }
    if (!reader.next()) {
      return false;
    }
    List<FieldVector> vectors = reader.batch().getFieldVectors();
    values = vectors.stream().map(ArrowValues::reader).toList();
    rows = reader.batch().getRowCount();
    row = 0;
    return true;
  }

  @Override
  public Object[] current() {
    return current;
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException("a scan runs once");
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
