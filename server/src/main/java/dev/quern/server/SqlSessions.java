package dev.quern.server;

import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import java.sql.SQLException;
import java.util.Properties;

/**
 * SQL sessions of clients, all on one engine: a session is what a connection of the JDBC driver is.
 *
 * @param properties of every session, as the driver takes them
 */
public record SqlSessions(QuernDriver driver, Properties properties) {

  /**
   * Opens a session; the caller closes it.
   *
   * @param user who asks, for the session's own account
   */
  public QuernConnection open(String user) throws SQLException {
    var own = new Properties();
    own.putAll(properties);
    own.setProperty("user", user);
    return driver.connect(QuernDriver.PREFIX, own).unwrap(QuernConnection.class);
  }
}
