package dev.quern.server.flight;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.quern.sql.jdbc.QuernConnection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.BasicFlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.vector.types.pojo.Schema;

/** What clients ask of the database: tables, types, the dialect. */
abstract class MetadataProducer extends BasicFlightSqlProducer {
  private final StatementCalls statements;
  private final SqlInformation information;

  MetadataProducer(StatementCalls statements, SqlInformation information) {
    this.statements = statements;
    this.information = information;
  }

  /** The request itself is the ticket: nothing is kept for it. */
  @Override
  protected <T extends Message> List<FlightEndpoint> determineEndpoints(
      T request, FlightDescriptor descriptor, Schema schema) {
    return List.of(new FlightEndpoint(new Ticket(Any.pack(request).toByteArray())));
  }

  /** What a session's metadata says. */
  private interface Listing {
    List<Object[]> rows(QuernConnection connection) throws SQLException;
  }

  private void send(ServerStreamListener client, Schema schema, Listing listing) {
    ClientSession session = Caller.current().session();
    try {
      List<Object[]> rows =
          session.call(() -> {
            try {
              return listing.rows(session.connection());
            } catch (SQLException e) {
              throw FlightErrors.of(e);
            }
          });
      statements.sendRows(client, schema, rows);
      client.completed();
    } catch (RuntimeException e) {
      client.error(FlightErrors.ofRequest(e));
    }
  }

  @Override
  public void getStreamCatalogs(CallContext context, ServerStreamListener client) {
    send(client, Schemas.GET_CATALOGS_SCHEMA, connection -> List.of());
  }

  @Override
  public void getStreamSchemas(
      FlightSql.CommandGetDbSchemas command, CallContext context, ServerStreamListener client) {
    send(client, Schemas.GET_SCHEMAS_SCHEMA, connection -> TableListing.schemas(command));
  }

  @Override
  public void getStreamTables(
      FlightSql.CommandGetTables command, CallContext context, ServerStreamListener client) {
    Schema schema =
        command.getIncludeSchema()
            ? Schemas.GET_TABLES_SCHEMA
            : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
    send(client, schema, connection -> TableListing.tables(connection, command));
  }

  @Override
  public void getStreamTableTypes(CallContext context, ServerStreamListener client) {
    send(client, Schemas.GET_TABLE_TYPES_SCHEMA, TableListing::types);
  }

  @Override
  public void getStreamSqlInfo(
      FlightSql.CommandGetSqlInfo command, CallContext context, ServerStreamListener client) {
    information.send(command.getInfoList(), client);
  }

  @Override
  public void getStreamTypeInfo(
      FlightSql.CommandGetXdbcTypeInfo command, CallContext context, ServerStreamListener client) {
    Optional<Integer> code =
        command.hasDataType() ? Optional.of(command.getDataType()) : Optional.empty();
    send(
        client,
        Schemas.GET_TYPE_INFO_SCHEMA,
        connection -> TableListing.columnTypes(connection, code));
  }

  @Override
  public void getStreamPrimaryKeys(
      FlightSql.CommandGetPrimaryKeys command, CallContext context, ServerStreamListener client) {
    send(client, Schemas.GET_PRIMARY_KEYS_SCHEMA, connection -> List.of());
  }

  @Override
  public void getStreamExportedKeys(
      FlightSql.CommandGetExportedKeys command, CallContext context, ServerStreamListener client) {
    sendNoKeys(client);
  }

  @Override
  public void getStreamImportedKeys(
      FlightSql.CommandGetImportedKeys command, CallContext context, ServerStreamListener client) {
    sendNoKeys(client);
  }

  @Override
  public void getStreamCrossReference(
      FlightSql.CommandGetCrossReference command,
      CallContext context,
      ServerStreamListener client) {
    sendNoKeys(client);
  }

  private void sendNoKeys(ServerStreamListener client) {
    send(client, Schemas.GET_CROSS_REFERENCE_SCHEMA, connection -> List.of());
  }

  /** The endpoint owns all that there is to close. */
  @Override
  public void close() {}
}
