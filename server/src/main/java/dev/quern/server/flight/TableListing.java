package dev.quern.server.flight;

import dev.quern.executor.table.TableException;
import dev.quern.planner.QueryException;
import dev.quern.sql.arrow.ArrowFields;
import dev.quern.sql.jdbc.QuernConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.vector.types.pojo.Schema;

/** What the embedded driver's metadata tells, as Flight SQL's rows. */
final class TableListing {
  /** Files whose columns are told in a listing of tables: they must be opened for it. */
  private static final int MOST_OPENED = 100;

  private TableListing() {}

  /** Rows of tables, in no catalog and no schema, with their columns where these are asked for. */
  static List<Object[]> tables(QuernConnection connection, CommandGetTables wanted)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (!takesNameless(wanted.getCatalog(), wanted.getDbSchemaFilterPattern())) {
      return rows;
    }
    String name = wanted.hasTableNameFilterPattern() ? wanted.getTableNameFilterPattern() : null;
    String[] types =
        wanted.getTableTypesCount() == 0 ? null : wanted.getTableTypesList().toArray(String[]::new);
    try (ResultSet tables = connection.getMetaData().getTables(null, null, name, types)) {
      while (tables.next()) {
        String table = tables.getString("TABLE_NAME");
        String type = tables.getString("TABLE_TYPE");
        rows.add(
            wanted.getIncludeSchema()
                ? new Object[] {null, null, table, type, columns(connection, table, rows.size())}
                : new Object[] {null, null, table, type});
      }
    }
    return rows;
  }

  /**
   * The one row of schemas: a name without letters stands for tables without a schema, which ADBC
   * would not look for otherwise.
   */
  static List<Object[]> schemas(CommandGetDbSchemas wanted) {
    return takesNameless(wanted.getCatalog(), wanted.getDbSchemaFilterPattern())
        ? List.<Object[]>of(new Object[] {null, ""})
        : List.of();
  }

  private static boolean takesNameless(String catalog, String schemaPattern) {
    return catalog.isEmpty() && (schemaPattern.isEmpty() || schemaPattern.equals("%"));
  }

  /** Its columns; none for a file that cannot be read, and for those behind the first. */
  private static byte[] columns(QuernConnection connection, String table, int before) {
    Schema none = new Schema(List.of());
    if (before >= MOST_OPENED) {
      return none.serializeAsMessage();
    }
    try {
      return ArrowFields.ofTable(connection.session(), table).orElse(none).serializeAsMessage();
    } catch (QueryException | TableException e) {
      return none.serializeAsMessage();
    }
  }

  /** Rows of table types. */
  static List<Object[]> types(QuernConnection connection) throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    try (ResultSet types = connection.getMetaData().getTableTypes()) {
      while (types.next()) {
        rows.add(new Object[] {types.getString(1)});
      }
    }
    return rows;
  }

  /** Rows of the types that columns can have; of all, or of one number of JDBC. */
  static List<Object[]> columnTypes(QuernConnection connection, Optional<Integer> number)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    try (ResultSet types = connection.getMetaData().getTypeInfo()) {
      while (types.next()) {
        if (number.isEmpty() || number.get() == types.getInt("DATA_TYPE")) {
          rows.add(columnType(types));
        }
      }
    }
    return rows;
  }

  private static Object[] columnType(ResultSet type) throws SQLException {
    String parameters = type.getString("CREATE_PARAMS");
    return new Object[] {
      type.getString("TYPE_NAME"),
      type.getInt("DATA_TYPE"),
      type.getObject("PRECISION"),
      type.getString("LITERAL_PREFIX"),
      type.getString("LITERAL_SUFFIX"),
      parameters == null ? null : List.of(parameters.split(", ")),
      type.getInt("NULLABLE"),
      type.getBoolean("CASE_SENSITIVE"),
      type.getInt("SEARCHABLE"),
      type.getBoolean("UNSIGNED_ATTRIBUTE"),
      type.getBoolean("FIXED_PREC_SCALE"),
      type.getBoolean("AUTO_INCREMENT"),
      type.getString("TYPE_NAME"),
      type.getObject("MINIMUM_SCALE"),
      type.getObject("MAXIMUM_SCALE"),
      type.getInt("DATA_TYPE"),
      null,
      type.getObject("NUM_PREC_RADIX"),
      null
    };
  }
}
