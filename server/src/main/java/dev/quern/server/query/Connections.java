package dev.quern.server.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

/** Opens JDBC connections. */
public interface Connections {
  /**
   * @param properties engine options and options of the session, by their names
   */
  Connection open(Properties properties) throws SQLException;
}
