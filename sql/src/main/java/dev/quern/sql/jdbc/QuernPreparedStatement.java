package dev.quern.sql.jdbc;

import dev.quern.sql.run.QueryContext;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import org.apache.calcite.avatica.AvaticaPreparedStatement;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.TypedValue;

/** A statement that is planned once and run with parameters. */
final class QuernPreparedStatement extends AvaticaPreparedStatement implements RunsQueries {
  private final RunningStatement running = new RunningStatement();
  private final QuernConnection quern;
  private int timeoutSeconds;

  QuernPreparedStatement(
      QuernConnection connection,
      Meta.StatementHandle handle,
      Meta.Signature signature,
      int type,
      int concurrency,
      int holdability)
      throws SQLException {
    super(connection, handle, signature, type, concurrency, holdability);
    this.quern = connection;
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
    return getParameterValues();
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
