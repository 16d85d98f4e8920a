package dev.quern.sql.jdbc;

import dev.quern.sql.run.QueryContext;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import org.apache.calcite.avatica.AvaticaStatement;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.TypedValue;

/** A statement whose text comes with each execution. */
final class QuernStatement extends AvaticaStatement implements RunsQueries {
  private final RunningStatement running = new RunningStatement();
  private final QuernConnection quern;
  private int timeoutSeconds;

  QuernStatement(
      QuernConnection connection,
      Meta.StatementHandle handle,
      int type,
      int concurrency,
      int holdability) {
    super(connection, handle, type, concurrency, holdability);
    this.quern = connection;
  }

  @Override
  protected void executeInternal(String sql) throws SQLException {
    closePlanned();
    try {
      super.executeInternal(sql);
    } catch (SQLException | RuntimeException e) {
      running.end();
      throw quern.error(e);
    }
  }

  /** Tables of the statement before are no longer needed. */
  private void closePlanned() throws SQLException {
    if (openResultSet != null) {
      openResultSet.close();
    }
    QuernSignature before = planned();
    if (before != null) {
      before.prepared().close();
      setSignature(null);
    }
  }

  @Override
  public RunningStatement running() {
    return running;
  }

  @Override
  public QuernSignature planned() {
    return getSignature() instanceof QuernSignature planned ? planned : null;
  }

  @Override
  public List<TypedValue> values() {
    return List.of();
  }

  @Override
  public long mostRows() {
    return maxRowCount;
  }

  @Override
  public QueryContext start(List<Object> parameters) {
    cancelFlag.set(false);
    return running.start(quern.session(), parameters, timeoutSeconds);
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    super.setQueryTimeout(seconds);
    timeoutSeconds = seconds;
  }

  /** Not synchronized: the running execution holds the monitor that Avatica's would wait for. */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public void cancel() throws SQLException {
    checkOpen();
    running.cancel();
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return running.warnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    running.clearWarnings();
  }
}
