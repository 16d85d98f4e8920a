package dev.quern.server.flight;

import dev.quern.sql.arrow.ArrowFields;
import dev.quern.sql.catalog.View;
import dev.quern.sql.jdbc.QuernConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;

/** Views as the embedded driver lists them: in no catalog and no schema. */
final class TableListing {
  private TableListing() {}

  /** Rows of Flight SQL's tables, with their columns where these are asked for. */
  static List<Object[]> rows(QuernConnection connection, CommandGetTables wanted) {
    List<Object[]> rows = new ArrayList<>();
    if (!wanted.getCatalog().isEmpty() || !matchesNone(wanted)) {
      return rows;
    }
    String name = wanted.hasTableNameFilterPattern() ? wanted.getTableNameFilterPattern() : null;
    String[] types =
        wanted.getTableTypesCount() == 0 ? null : wanted.getTableTypesList().toArray(String[]::new);
    try (ResultSet tables = connection.getMetaData().getTables(null, null, name, types)) {
      while (tables.next()) {
        String table = tables.getString("TABLE_NAME");
        String type = tables.getString("TABLE_TYPE");
        if (wanted.getIncludeSchema()) {
          // Dropped meanwhile: no longer listed.
          connection
              .session()
              .catalog()
              .view(table)
              .ifPresent(view -> rows.add(new Object[] {null, null, table, type, columns(view)}));
        } else {
          rows.add(new Object[] {null, null, table, type});
        }
      }
    } catch (SQLException e) {
      throw FlightErrors.of(e);
    }
    return rows;
  }

  /** Whether the pattern of schemas takes tables without one. */
  private static boolean matchesNone(CommandGetTables wanted) {
    return wanted.getDbSchemaFilterPattern().isEmpty()
        || wanted.getDbSchemaFilterPattern().equals("%");
  }

  private static byte[] columns(View view) {
    return ArrowFields.ofView(view).serializeAsMessage();
  }
}
