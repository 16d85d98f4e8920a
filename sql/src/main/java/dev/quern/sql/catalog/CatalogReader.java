package dev.quern.sql.catalog;

import java.util.List;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataTypeFactory;

/** Resolves table and column names of one statement. */
public final class CatalogReader extends CalciteCatalogReader {
  private CatalogReader(
      CalciteSchema root, RelDataTypeFactory types, CalciteConnectionConfigImpl config) {
    super(root, new NameMatcher(), List.of(List.of()), types, config);
  }

  public static CatalogReader of(StatementTables tables, RelDataTypeFactory types) {
    var properties = new Properties();
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
    return new CatalogReader(
        CalciteSchema.createRootSchema(false, false, "", tables),
        types,
        new CalciteConnectionConfigImpl(properties));
  }
}
