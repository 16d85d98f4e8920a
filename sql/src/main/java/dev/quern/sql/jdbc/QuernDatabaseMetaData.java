package dev.quern.sql.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.calcite.avatica.AvaticaDatabaseMetaData;

/** What a tool asks of the database. */
final class QuernDatabaseMetaData extends AvaticaDatabaseMetaData {
  private final QuernConnection quern;

  QuernDatabaseMetaData(QuernConnection connection) {
    super(connection);
    this.quern = connection;
  }

  @Override
  public ResultSet getTables(String catalog, String schema, String table, String[] types)
      throws SQLException {
    try {
      return super.getTables(catalog, schema, table, types);
    } catch (RuntimeException e) {
      throw quern.error(e);
    }
  }

  @Override
  public ResultSet getColumns(String catalog, String schema, String table, String column)
      throws SQLException {
    try {
      return super.getColumns(catalog, schema, table, column);
    } catch (RuntimeException e) {
      throw quern.error(e);
    }
  }

  @Override
  public String getIdentifierQuoteString() {
    return "\"";
  }

  @Override
  public boolean storesMixedCaseIdentifiers() {
    return true;
  }

  @Override
  public boolean storesUpperCaseIdentifiers() {
    return false;
  }
}
