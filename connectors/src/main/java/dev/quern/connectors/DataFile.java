package dev.quern.connectors;

import dev.quern.executor.table.ColumnFilter;
import dev.quern.executor.table.ColumnStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** One file of a table: what its header or footer tells. Holds no resources. */
interface DataFile {
  Path path();

  Schema schema();

  OptionalLong rowCount();

  Optional<ColumnStatistics> statistics(String column);

  /** Opens the file and places the cursor before its first batch. */
  BatchCursor open(Request request);

  /**
   * What to read.
   *
   * @param columns names, all in the schema, in the order wanted
   * @param filters conditions on columns of the schema
   */
  record Request(
      List<String> columns, List<ColumnFilter> filters, int batchRows, BufferAllocator allocator) {}
}
