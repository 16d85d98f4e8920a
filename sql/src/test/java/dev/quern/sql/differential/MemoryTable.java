package dev.quern.sql.differential;

import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.ScannableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.type.SqlTypeName;

/** A {@link TestTable} as Calcite scans it. */
final class MemoryTable extends AbstractTable implements ScannableTable {
  private final TestTable table;

  MemoryTable(TestTable table) {
    this.table = table;
  }

  @Override
  public RelDataType getRowType(RelDataTypeFactory types) {
    var row = types.builder();
    for (Column column : table.columns()) {
      row.add(
              column.sql(),
              column.type() == ValueType.TEXT ? SqlTypeName.VARCHAR : SqlTypeName.INTEGER)
          .nullable(true);
    }
    return row.build();
  }

  @Override
  public Enumerable<Object[]> scan(DataContext root) {
    return Linq4j.asEnumerable(table.rows());
  }
}
