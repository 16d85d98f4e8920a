package dev.quern.connectors;

import dev.quern.executor.table.BatchSource;
import dev.quern.executor.table.ColumnFilter;
import dev.quern.executor.table.ColumnStatistics;
import dev.quern.executor.table.TableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table made of one or more files of one format, in the order of their names. */
public final class FileTable implements BatchSource {
  private final String name;
  private final TableFormat format;
  private final List<DataFile> files;
  private final Schema schema;
  private final ReadOptions options;

  FileTable(String name, TableFormat format, List<DataFile> files, ReadOptions options) {
    this.name = name;
    this.format = format;
    this.files = List.copyOf(files);
    this.schema = SchemaUnion.of(this.files);
    this.options = options;
  }

  /** The files, as {@link dev.quern.executor.table.RowId#file()} counts them. */
  public List<Path> files() {
    return files.stream().map(DataFile::path).toList();
  }

  public TableFormat format() {
    return format;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public OptionalLong rowCount() {
    long rows = 0;
    for (DataFile file : files) {
      if (file.rowCount().isEmpty()) {
        return OptionalLong.empty();
      }
      rows += file.rowCount().getAsLong();
    }
    return OptionalLong.of(rows);
  }

  @Override
  public Optional<ColumnStatistics> statistics(String column) {
    field(column);
    List<ColumnStatistics> parts = new ArrayList<>();
    for (DataFile file : files) {
      Optional<ColumnStatistics> part = file.statistics(column);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    return Optional.of(StatisticsUnion.of(parts));
  }

  @Override
  public FileScan scan(
      List<String> columns, List<ColumnFilter> filters, BufferAllocator allocator) {
    List<Field> wanted = columns.stream().map(this::field).toList();
    if (columns.stream().distinct().count() != columns.size()) {
      throw new TableException(name + ": a scan takes each column once, but got " + columns);
    }
    filters.forEach(filter -> field(filter.column()));
    return new FileScan(
        files,
        new Schema(wanted),
        new DataFile.Request(
            List.copyOf(columns), List.copyOf(filters), options.batchRows(), allocator));
  }

  private Field field(String column) {
    return schema.getFields().stream()
        .filter(field -> field.getName().equals(column))
        .findFirst()
        .orElseThrow(() ->
            new TableException(
                name + " has no column \"" + column + "\"; " + NearMiss.columns(column, schema)));
  }

  /** Nothing to free: files are open during scans only. */
  @Override
  public void close() {}
}
