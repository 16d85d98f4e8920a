package dev.quern.server.flight;

import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlOuterJoinsSupportLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedGroupBy;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetType;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedSubqueries;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedUnions;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedSqlGrammar;

/** What the server tells of itself and of its SQL. */
final class SqlInformation {
  /** In the order of the builder's calls below. */
  private static final List<SqlInfo> TOLD =
      List.of(
          SqlInfo.FLIGHT_SQL_SERVER_NAME,
          SqlInfo.FLIGHT_SQL_SERVER_VERSION,
          SqlInfo.FLIGHT_SQL_SERVER_ARROW_VERSION,
          SqlInfo.FLIGHT_SQL_SERVER_READ_ONLY,
          SqlInfo.FLIGHT_SQL_SERVER_SQL,
          SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT,
          SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION,
          SqlInfo.FLIGHT_SQL_SERVER_CANCEL,
          SqlInfo.FLIGHT_SQL_SERVER_BULK_INGESTION,
          SqlInfo.FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT,
          SqlInfo.SQL_DDL_CATALOG,
          SqlInfo.SQL_DDL_SCHEMA,
          SqlInfo.SQL_DDL_TABLE,
          SqlInfo.SQL_IDENTIFIER_CASE,
          SqlInfo.SQL_QUOTED_IDENTIFIER_CASE,
          SqlInfo.SQL_IDENTIFIER_QUOTE_CHAR,
          SqlInfo.SQL_ALL_TABLES_ARE_SELECTABLE,
          SqlInfo.SQL_NULL_ORDERING,
          SqlInfo.SQL_NUMERIC_FUNCTIONS,
          SqlInfo.SQL_STRING_FUNCTIONS,
          SqlInfo.SQL_SYSTEM_FUNCTIONS,
          SqlInfo.SQL_DATETIME_FUNCTIONS,
          SqlInfo.SQL_SEARCH_STRING_ESCAPE,
          SqlInfo.SQL_SUPPORTS_COLUMN_ALIASING,
          SqlInfo.SQL_NULL_PLUS_NULL_IS_NULL,
          SqlInfo.SQL_SUPPORTS_TABLE_CORRELATION_NAMES,
          SqlInfo.SQL_SUPPORTS_EXPRESSIONS_IN_ORDER_BY,
          SqlInfo.SQL_SUPPORTS_ORDER_BY_UNRELATED,
          SqlInfo.SQL_SUPPORTED_GROUP_BY,
          SqlInfo.SQL_SUPPORTS_LIKE_ESCAPE_CLAUSE,
          SqlInfo.SQL_SUPPORTS_NON_NULLABLE_COLUMNS,
          SqlInfo.SQL_SUPPORTED_GRAMMAR,
          SqlInfo.SQL_OUTER_JOINS_SUPPORT_LEVEL,
          SqlInfo.SQL_SUPPORTED_SUBQUERIES,
          SqlInfo.SQL_CORRELATED_SUBQUERIES_SUPPORTED,
          SqlInfo.SQL_SUPPORTED_UNIONS,
          SqlInfo.SQL_TRANSACTIONS_SUPPORTED,
          SqlInfo.SQL_SUPPORTED_RESULT_SET_TYPES,
          SqlInfo.SQL_BATCH_UPDATES_SUPPORTED,
          SqlInfo.SQL_SAVEPOINTS_SUPPORTED,
          SqlInfo.SQL_NAMED_PARAMETERS_SUPPORTED,
          SqlInfo.SQL_STORED_PROCEDURES_SUPPORTED);

  private final SqlInfoBuilder information;

  SqlInformation(String version, String arrowVersion, long timeoutSeconds) {
    this.information =
        new SqlInfoBuilder()
            .withFlightSqlServerName("Quern")
            .withFlightSqlServerVersion(version)
            .withFlightSqlServerArrowVersion(arrowVersion)
            .withFlightSqlServerReadOnly(false)
            .withFlightSqlServerSql(true)
            .withFlightSqlServerSubstrait(false)
            .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
            .withFlightSqlServerCancel(true)
            .withFlightSqlServerBulkIngestion(false)
            .withFlightSqlServerStatementTimeout(
                (int) Math.min(Integer.MAX_VALUE, timeoutSeconds * 1000))
            .withSqlDdlCatalog(false)
            .withSqlDdlSchema(false)
            .withSqlDdlTable(true)
            .withSqlIdentifierCase(
                SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
            .withSqlQuotedIdentifierCase(
                SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
            .withSqlIdentifierQuoteChar("\"")
            .withSqlAllTablesAreSelectable(true)
            .withSqlNullOrdering(SqlNullOrdering.SQL_NULLS_SORTED_HIGH)
            .withSqlNumericFunctions(SqlFunctionNames.numeric())
            .withSqlStringFunctions(SqlFunctionNames.string())
            .withSqlSystemFunctions(SqlFunctionNames.system())
            .withSqlDatetimeFunctions(SqlFunctionNames.time())
            .withSqlSearchStringEscape("\\")
            .withSqlSupportsColumnAliasing(true)
            .withSqlNullPlusNullIsNull(true)
            .withSqlSupportsTableCorrelationNames(true)
            .withSqlSupportsExpressionsInOrderBy(true)
            .withSqlSupportsOrderByUnrelated(true)
            .withSqlSupportedGroupBy(SqlSupportedGroupBy.SQL_GROUP_BY_UNRELATED)
            .withSqlSupportsLikeEscapeClause(true)
            .withSqlSupportsNonNullableColumns(false)
            .withSqlSupportedGrammar(
                SupportedSqlGrammar.SQL_MINIMUM_GRAMMAR, SupportedSqlGrammar.SQL_CORE_GRAMMAR)
            .withSqlOuterJoinSupportLevel(SqlOuterJoinsSupportLevel.SQL_FULL_OUTER_JOINS)
            .withSqlSubQueriesSupported(
                SqlSupportedSubqueries.SQL_SUBQUERIES_IN_COMPARISONS,
                SqlSupportedSubqueries.SQL_SUBQUERIES_IN_EXISTS,
                SqlSupportedSubqueries.SQL_SUBQUERIES_IN_INS,
                SqlSupportedSubqueries.SQL_SUBQUERIES_IN_QUANTIFIEDS)
            .withSqlCorrelatedSubqueriesSupported(true)
            .withSqlSupportedUnions(SqlSupportedUnions.SQL_UNION, SqlSupportedUnions.SQL_UNION_ALL)
            .withSqlTransactionsSupported(false)
            .withSqlSupportedResultSetTypes(
                SqlSupportedResultSetType.SQL_RESULT_SET_TYPE_FORWARD_ONLY)
            .withSqlBatchUpdatesSupported(true)
            .withSqlSavepointsSupported(false)
            .withSqlNamedParametersSupported(false)
            .withSqlStoredProceduresSupported(false);
  }

  /**
   * Sends rows and ends the stream.
   *
   * @param wanted numbers of {@link SqlInfo}; empty for all. Numbers that nothing is told of are
   *     left out
   */
  void send(List<Integer> wanted, ServerStreamListener client) {
    List<Integer> told =
        TOLD.stream()
            .map(SqlInfo::getNumber)
            .filter(number -> wanted.isEmpty() || wanted.contains(number))
            .toList();
    // None at all means all to the builder: the name then, which the client may ignore.
    information.send(
        told.isEmpty() ? List.of(SqlInfo.FLIGHT_SQL_SERVER_NAME.getNumber()) : told, client);
  }
}
