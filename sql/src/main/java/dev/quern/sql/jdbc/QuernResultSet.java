package dev.quern.sql.jdbc;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.TimeZone;
import org.apache.calcite.avatica.AvaticaResultSet;
import org.apache.calcite.avatica.AvaticaStatement;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.QueryState;

/** Rows as they come. */
final class QuernResultSet extends AvaticaResultSet {
  QuernResultSet(
      AvaticaStatement statement,
      QueryState state,
      Meta.Signature signature,
      ResultSetMetaData metaData,
      TimeZone timeZone,
      Meta.Frame firstFrame)
      throws SQLException {
    super(statement, state, signature, metaData, timeZone, firstFrame);
  }

  @Override
  public boolean next() throws SQLException {
    try {
      return super.next();
    } catch (SQLException | RuntimeException e) {
      throw ((QuernConnection) statement.getConnection()).error(e);
    }
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return statement instanceof RunsQueries runs ? runs.running().warnings() : null;
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    if (statement instanceof RunsQueries runs) {
      runs.running().clearWarnings();
    }
  }
}
