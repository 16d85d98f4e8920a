package dev.quern.executor.table;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table that can be scanned, as often as wanted: a file, several files, or anything alike. */
public interface BatchSource extends AutoCloseable {
  /** All columns, in table order. */
  Schema schema();

  /** Number of rows where it is known without a scan. */
  OptionalLong rowCount();

  /** Statistics of a column where they are known without a scan. */
  Optional<ColumnStatistics> statistics(String column);

  /**
   * Starts a scan in table order.
   *
   * @param columns names of the columns wanted, in the order wanted; the batches hold these only
   *     (an empty list gives batches with a row count and no columns)
   * @param filters conditions that rows must all meet; a source may use them to skip what cannot
   *     match (row groups, files) and may return rows that do not match
   */
  BatchReader scan(List<String> columns, List<ColumnFilter> filters, BufferAllocator allocator);

  @Override
  void close();
}
