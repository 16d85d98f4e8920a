package dev.quern.server;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.sql.EngineFactory;
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
   * Sessions on an engine that is open and stays open when they end; models that they create with
   * {@code CREATE MODEL} are opened for them.
   *
   * @param options that the engine was opened with
   * @param properties that give these options
   */
  public static SqlSessions on(
      GenerateEngine engine,
      EngineOptions options,
      Properties properties,
      EngineFactory otherModels) {
    return new SqlSessions(
        new QuernDriver(new ServedEngines(new LentEngine(engine), options, otherModels)),
        properties);
  }

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
