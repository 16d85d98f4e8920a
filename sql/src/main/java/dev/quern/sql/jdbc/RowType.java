package dev.quern.sql.jdbc;

import java.util.List;
import org.apache.calcite.avatica.ColumnMetaData;

/** A row's type whose name tells its fields: JDBC's Struct has their values only. */
final class RowType extends ColumnMetaData.StructType {
  private final String fields;

  RowType(String name, List<ColumnMetaData> columns) {
    super(columns);
    this.fields = name;
  }

  /** Such as {@code RecordType(VARCHAR text, INTEGER prompt_tokens)}. */
  @Override
  public String getName() {
    return fields;
  }
}
