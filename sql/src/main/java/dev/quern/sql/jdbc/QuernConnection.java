package dev.quern.sql.jdbc;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.table.TableException;
import dev.quern.sql.Session;
import dev.quern.sql.run.QueryStatistics;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.calcite.avatica.AvaticaConnection;
import org.apache.calcite.avatica.AvaticaFactory;
import org.apache.calcite.avatica.AvaticaStatement;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.QueryState;

/** A session behind JDBC. {@code connection.unwrap(QuernConnection.class)} gives more of it. */
public final class QuernConnection extends AvaticaConnection {
  /** Properties that JDBC tools send unasked. */
  private static final List<String> IGNORED = List.of("user", "password");

  private final Session session;

  private QuernConnection(
      QuernDriver driver, AvaticaFactory factory, String url, Properties info, Session session) {
    super(driver, factory, url, info);
    this.session = session;
  }

  static QuernConnection open(
      QuernDriver driver, AvaticaFactory factory, String url, Properties info) throws SQLException {
    Map<String, String> values = new HashMap<>();
    for (String name : info.stringPropertyNames()) {
      if (!IGNORED.contains(name)) {
        values.put(name, info.getProperty(name));
      }
    }
    Session session;
    try {
      session = driver.session(values);
    } catch (IllegalArgumentException e) {
      throw new SQLException(QuernDriver.PREFIX + " " + e.getMessage(), "08001", e);
    } catch (TableException e) {
      throw new SqlErrors(FileAccess.all()).translate(e);
    }
    return new QuernConnection(driver, factory, url, info, session);
  }

  /** What the statement under way, or the last one, has done. */
  public QueryStatistics statistics() {
    return session.statistics();
  }

  /** The session behind the connection. */
  public Session session() {
    return session;
  }

  /** A failure as the client should see it, without paths of the server. */
  public SQLException error(Throwable failure) {
    return new SqlErrors(session.files()).translate(failure);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    try {
      return super.prepareStatement(sql, type, concurrency, holdability);
    } catch (SQLException | RuntimeException e) {
      throw error(e);
    }
  }

  @Override
  protected ResultSet executeQueryInternal(
      AvaticaStatement statement,
      Meta.Signature signature,
      Meta.Frame firstFrame,
      QueryState state,
      boolean isUpdate)
      throws SQLException {
    try {
      return super.executeQueryInternal(statement, signature, firstFrame, state, isUpdate);
    } catch (SQLException | RuntimeException e) {
      throw error(e);
    }
  }

  @Override
  public void close() throws SQLException {
    if (!isClosed()) {
      for (Statement statement : List.copyOf(statementMap.values())) {
        statement.close();
      }
      super.close();
      session.close();
    }
  }
}
