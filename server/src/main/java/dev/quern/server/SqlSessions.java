package dev.quern.server;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.sql.EngineFactory;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import java.sql.SQLException;
import java.util.Properties;

/**
 * SQL sessions of clients, all on one engine: each is a connection of the JDBC driver.
 *
 * @param places that all ports share; whoever opens a session or runs a statement takes one
 */
public record SqlSessions(QuernDriver driver, SqlPlaces places) {

  /**
   * Sessions on an engine that is open, and stays open when they end.
   *
   * @param options that the engine was opened with
   * @param files that sessions may touch
   * @param otherModels opens the models that sessions create
   * @param places for sessions and statements of all ports
   */
  public static SqlSessions on(
      GenerateEngine engine,
      EngineOptions options,
      FileAccess files,
      EngineFactory otherModels,
      SqlPlaces places) {
    var engines = new ServedEngines(new LentEngine(engine), options, otherModels);
    return new SqlSessions(new QuernDriver(engines, options, files), places);
  }

  /**
   * Opens a session; the caller closes it.
   *
   * @param user who asks: the name of a key, never the key
   */
  public QuernConnection open(String user) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    return driver.connect(QuernDriver.PREFIX, properties).unwrap(QuernConnection.class);
  }
}
