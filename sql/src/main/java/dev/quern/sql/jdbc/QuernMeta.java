package dev.quern.sql.jdbc;

import dev.quern.sql.ParameterValues;
import dev.quern.sql.Prepared;
import dev.quern.sql.run.QueryContext;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.AvaticaStatement;
import org.apache.calcite.avatica.MetaImpl;
import org.apache.calcite.avatica.MissingResultsException;
import org.apache.calcite.avatica.NoSuchStatementException;
import org.apache.calcite.avatica.QueryState;
import org.apache.calcite.avatica.remote.TypedValue;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Avatica's view of a session: prepare, run, describe. */
final class QuernMeta extends MetaImpl {
  private final QuernConnection quern;

  QuernMeta(QuernConnection connection) {
    super(connection);
    this.quern = connection;
  }

  @Override
  public StatementHandle prepare(ConnectionHandle connection, String sql, long maxRows) {
    StatementHandle handle = createStatement(connection);
    handle.signature = signature(sql);
    return handle;
  }

  private QuernSignature signature(String sql) {
    Prepared prepared = quern.session().prepare(sql);
    return QuernSignature.of(sql, prepared, quern.session().types());
  }

  @Override
  @Deprecated
  public ExecuteResult prepareAndExecute(
      StatementHandle handle, String sql, long maxRows, PrepareCallback callback)
      throws NoSuchStatementException {
    throw new UnsupportedOperationException("the form with a first frame is used");
  }

  @Override
  public ExecuteResult prepareAndExecute(
      StatementHandle handle, String sql, long maxRows, int firstFrame, PrepareCallback callback)
      throws NoSuchStatementException {
    try {
      MetaResultSet result;
      synchronized (callback.getMonitor()) {
        callback.clear();
        QuernSignature signature = signature(sql);
        handle.signature = signature;
        result = once(handle, signature);
        callback.assign(signature, null, result.updateCount);
      }
      callback.execute();
      return new ExecuteResult(List.of(result));
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  @Deprecated
  public ExecuteResult execute(StatementHandle handle, List<TypedValue> values, long maxRows)
      throws NoSuchStatementException {
    throw new UnsupportedOperationException("the form with a first frame is used");
  }

  @Override
  public ExecuteResult execute(StatementHandle handle, List<TypedValue> values, int firstFrame)
      throws NoSuchStatementException {
    QuernSignature signature = ((RunsQueries) statement(handle)).planned();
    return new ExecuteResult(List.of(result(handle, signature, values)));
  }

  /** Runs a statement that will not run again: an update's tables are closed, rows keep theirs. */
  private MetaResultSet once(StatementHandle handle, QuernSignature signature)
      throws NoSuchStatementException {
    try {
      return result(handle, signature, List.of());
    } finally {
      if (signature.prepared() instanceof Prepared.Update update) {
        update.close();
      }
    }
  }

  /** Runs an update now; rows wait until they are pulled. */
  private MetaResultSet result(
      StatementHandle handle, QuernSignature signature, List<TypedValue> values)
      throws NoSuchStatementException {
    if (signature.prepared() instanceof Prepared.Update update) {
      QueryContext context = start(statement(handle), signature, values);
      try {
        long count = update.run().applyAsLong(context);
        return MetaResultSet.count(handle.connectionId, handle.id, count);
      } finally {
        ((RunsQueries) statement(handle)).running().end();
      }
    }
    return MetaResultSet.create(handle.connectionId, handle.id, false, signature, null);
  }

  private QueryContext start(
      AvaticaStatement statement, QuernSignature signature, List<TypedValue> values) {
    List<Object> parameters = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      RelDataTypeField field = signature.prepared().parameters().getFieldList().get(i);
      if (values.get(i) == null) {
        throw new IllegalArgumentException("parameter " + (i + 1) + " has no value");
      }
      parameters.add(ParameterValues.of(field.getType(), values.get(i).toLocal()));
    }
    return ((RunsQueries) statement).start(parameters);
  }

  @Override
  public Iterable<Object> createIterable(
      StatementHandle handle,
      QueryState state,
      Signature signature,
      List<TypedValue> values,
      Frame firstFrame) {
    if (!(signature instanceof QuernSignature planned)
        || !(planned.prepared() instanceof Prepared.Rows rows)) {
      return super.createIterable(handle, state, signature, values, firstFrame);
    }
    AvaticaStatement statement = connection.statementMap.get(handle.id);
    RunsQueries runs = (RunsQueries) statement;
    QueryContext context = start(statement, planned, runs.values());
    return () ->
        new QuernRows(
            context,
            runs.running(),
            rows.columns(),
            () -> rows.run().apply(context),
            runs.mostRows());
  }

  private AvaticaStatement statement(StatementHandle handle) throws NoSuchStatementException {
    AvaticaStatement statement = connection.statementMap.get(handle.id);
    if (statement == null) {
      throw new NoSuchStatementException(handle);
    }
    return statement;
  }

  @Override
  public ExecuteBatchResult prepareAndExecuteBatch(StatementHandle handle, List<String> commands)
      throws NoSuchStatementException {
    long[] counts = new long[commands.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = Math.max(0, once(handle, signature(commands.get(i))).updateCount);
    }
    return new ExecuteBatchResult(counts);
  }

  @Override
  public ExecuteBatchResult executeBatch(StatementHandle handle, List<List<TypedValue>> values)
      throws NoSuchStatementException {
    long[] counts = new long[values.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = Math.max(0, execute(handle, values.get(i), -1).resultSets.getFirst().updateCount);
    }
    return new ExecuteBatchResult(counts);
  }

  /** There are neither catalogs nor schemas: a pattern that wants a name there matches nothing. */
  private static boolean unnamed(String catalog, Pat schema) {
    return (catalog == null || catalog.isEmpty()) && NamePattern.matcher(schema).test("");
  }

  @Override
  public MetaResultSet getTables(
      ConnectionHandle handle, String catalog, Pat schema, Pat table, List<String> kinds) {
    return described(
        super.getTables(handle, catalog, schema, table, kinds),
        unnamed(catalog, schema) ? new TableRows(quern.session()).tables(table, kinds) : List.of());
  }

  @Override
  public MetaResultSet getColumns(
      ConnectionHandle handle, String catalog, Pat schema, Pat table, Pat column) {
    return described(
        super.getColumns(handle, catalog, schema, table, column),
        unnamed(catalog, schema)
            ? new TableRows(quern.session()).columns(table, column)
            : List.of());
  }

  @Override
  public MetaResultSet getTableTypes(ConnectionHandle handle) {
    List<Object> rows =
        List.of(new Object[] {TableRows.FILE}, (Object) new Object[] {TableRows.VIEW});
    return described(super.getTableTypes(handle), rows);
  }

  @Override
  public MetaResultSet getTypeInfo(ConnectionHandle handle) {
    return described(
        super.getTypeInfo(handle), TypeRows.rows(quern.session().types().getTypeSystem()));
  }

  @Override
  public MetaResultSet getFunctions(ConnectionHandle handle, String catalog, Pat schema, Pat name) {
    return described(
        super.getFunctions(handle, catalog, schema, name),
        unnamed(catalog, schema) ? FunctionRows.functions(name) : List.of());
  }

  @Override
  public MetaResultSet getFunctionColumns(
      ConnectionHandle handle, String catalog, Pat schema, Pat name, Pat column) {
    return described(
        super.getFunctionColumns(handle, catalog, schema, name, column),
        unnamed(catalog, schema) ? FunctionRows.columns(name, column) : List.of());
  }

  /** Avatica's empty answer knows the columns that JDBC wants; these are its rows. */
  private static MetaResultSet described(MetaResultSet empty, List<Object> rows) {
    var signature =
        new Signature(empty.signature.columns, "", List.of(), Map.of(), CursorFactory.ARRAY, null);
    return MetaResultSet.create(
        empty.connectionId,
        empty.statementId,
        empty.ownStatement,
        signature,
        new Frame(0, true, rows));
  }

  @Override
  public Frame fetch(StatementHandle handle, long offset, int most)
      throws NoSuchStatementException, MissingResultsException {
    throw new UnsupportedOperationException("results are streamed, not fetched in frames");
  }

  @Override
  public void closeStatement(StatementHandle handle) {
    AvaticaStatement statement = connection.statementMap.get(handle.id);
    if (statement instanceof RunsQueries runs && runs.planned() != null) {
      runs.planned().prepared().close();
    }
  }

  @Override
  public boolean syncResults(StatementHandle handle, QueryState state, long offset) {
    return false;
  }

  @Override
  public void commit(ConnectionHandle connection) {}

  @Override
  public void rollback(ConnectionHandle connection) {
    throw new UnsupportedOperationException(
        "there are no transactions: each statement stands alone");
  }
}
