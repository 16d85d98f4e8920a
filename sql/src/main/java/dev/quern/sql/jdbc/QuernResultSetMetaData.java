package dev.quern.sql.jdbc;

import java.sql.SQLException;
import java.util.List;
import org.apache.calcite.avatica.AvaticaResultSetMetaData;
import org.apache.calcite.avatica.AvaticaStatement;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.Meta;

/** Columns of a result; the type names of rows tell their fields. */
final class QuernResultSetMetaData extends AvaticaResultSetMetaData {
  private final List<ColumnMetaData> columns;

  QuernResultSetMetaData(AvaticaStatement statement, Meta.Signature signature) {
    super(statement, null, signature);
    this.columns = signature.columns;
  }

  @Override
  public String getColumnTypeName(int column) throws SQLException {
    // Also checks the number.
    String name = super.getColumnTypeName(column);
    return columns.get(column - 1).type instanceof RowType row ? row.getName() : name;
  }
}
