package dev.quern.sql.catalog;

import dev.quern.executor.table.BatchSource;
import dev.quern.executor.table.ColumnFilter;
import dev.quern.planner.rel.ScanRel;
import dev.quern.planner.rel.ScanTable;
import dev.quern.sql.arrow.ArrowRows;
import dev.quern.sql.arrow.ArrowTypes;
import dev.quern.sql.run.QueryContext;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.TranslatableTable;
import org.apache.calcite.schema.impl.AbstractTable;

/** A table that a {@link BatchSource} holds. */
final class SourceTable extends AbstractTable implements ScanTable, TranslatableTable {
  private final BatchSource source;

  SourceTable(BatchSource source) {
    this.source = source;
  }

  void close() {
    source.close();
  }

  @Override
  public RelDataType getRowType(RelDataTypeFactory types) {
    return ArrowTypes.rowType(source.schema(), types);
  }

  @Override
  public Statistic getStatistic() {
    OptionalLong rows = source.rowCount();
    return rows.isPresent()
        ? Statistics.of((double) rows.getAsLong(), List.of())
        : Statistics.UNKNOWN;
  }

  @Override
  public OptionalLong rowCount() {
    return source.rowCount();
  }

  @Override
  public RelNode toRel(RelOptTable.ToRelContext context, RelOptTable table) {
    return ScanRel.of(context.getCluster(), table);
  }

  @Override
  public Enumerable<Object[]> scan(DataContext context, int[] columns, List<ColumnFilter> filters) {
    List<Field> fields = source.schema().getFields();
    List<String> names = Arrays.stream(columns).mapToObj(i -> fields.get(i).getName()).toList();
    QueryContext query = (QueryContext) context;
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<Object[]> enumerator() {
        return new ArrowRows(source, names, filters, query.allocator(), query.control()::check);
      }
    };
  }
}
