package dev.quern.sql.jdbc;

import org.apache.calcite.avatica.AvaticaDatabaseMetaData;

/** What a tool asks of the database. */
final class QuernDatabaseMetaData extends AvaticaDatabaseMetaData {
  QuernDatabaseMetaData(QuernConnection connection) {
    super(connection);
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
