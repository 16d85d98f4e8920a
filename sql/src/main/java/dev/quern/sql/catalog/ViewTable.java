package dev.quern.sql.catalog;

import java.util.List;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.TranslatableTable;
import org.apache.calcite.schema.impl.AbstractTable;

/** A query under a name. */
final class ViewTable extends AbstractTable implements TranslatableTable {
  private final View view;

  ViewTable(View view) {
    this.view = view;
  }

  @Override
  public RelDataType getRowType(RelDataTypeFactory types) {
    return view.rowType();
  }

  @Override
  public Schema.TableType getJdbcTableType() {
    return Schema.TableType.VIEW;
  }

  @Override
  public RelNode toRel(RelOptTable.ToRelContext context, RelOptTable table) {
    return context.expandView(view.rowType(), view.sql(), List.of(), List.of(view.name())).rel;
  }
}
