package dev.quern.sql.jdbc;

import dev.quern.sql.Prepared;
import java.util.List;
import java.util.Map;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.Meta;

/** A planned statement as Avatica carries it. */
final class QuernSignature extends Meta.Signature {
  private final Prepared prepared;

  private QuernSignature(
      String sql, Prepared prepared, List<ColumnMetaData> columns, Meta.StatementType type) {
    super(
        columns,
        sql,
        ColumnTypes.parameters(prepared.parameters()),
        Map.of(),
        Meta.CursorFactory.ARRAY,
        type);
    this.prepared = prepared;
  }

  static QuernSignature of(String sql, Prepared prepared, JavaTypeFactory types) {
    return switch (prepared) {
      case Prepared.Rows rows ->
          new QuernSignature(
              sql, prepared, ColumnTypes.columns(rows.columns(), types), Meta.StatementType.SELECT);
      case Prepared.Update update ->
          new QuernSignature(sql, prepared, List.of(), Meta.StatementType.OTHER_DDL);
    };
  }

  Prepared prepared() {
    return prepared;
  }
}
