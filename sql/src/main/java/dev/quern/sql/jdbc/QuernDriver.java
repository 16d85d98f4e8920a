package dev.quern.sql.jdbc;

import dev.quern.sql.EngineFactory;
import dev.quern.sql.Engines;
import dev.quern.sql.LocalEngines;
import dev.quern.sql.SessionOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import org.apache.calcite.avatica.AvaticaConnection;
import org.apache.calcite.avatica.DriverVersion;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.UnregisteredDriver;

/**
 * The driver of {@code jdbc:quern:} URLs, such as {@code jdbc:quern:model=DIR;threads=2}. Options
 * come in the URL or as properties; connections with equal engine options share a model.
 */
public final class QuernDriver extends UnregisteredDriver {
  /** What every URL of the driver begins with. */
  public static final String PREFIX = "jdbc:quern:";

  static {
    try {
      DriverManager.registerDriver(new QuernDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Engines engines;

  /** The driver with engines that run models in this process. */
  public QuernDriver() {
    this(new LocalEngines(_ -> {}));
  }

  public QuernDriver(EngineFactory factory) {
    this.engines = new Engines(factory);
  }

  Engines engines() {
    return engines;
  }

  @Override
  protected String getConnectStringPrefix() {
    return PREFIX;
  }

  @Override
  protected DriverVersion createDriverVersion() {
    return new DriverVersion("Quern JDBC", "0.1.0", "Quern", "0.1.0", false, 0, 1, 0, 1);
  }

  @Override
  protected String getFactoryClassName(JdbcVersion version) {
    return QuernFactory.class.getName();
  }

  @Override
  public Meta createMeta(AvaticaConnection connection) {
    return new QuernMeta((QuernConnection) connection);
  }

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    return acceptsURL(url) ? super.connect(url, info == null ? new Properties() : info) : null;
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return SessionOptions.names().stream()
        .map(name -> new DriverPropertyInfo(name, info == null ? null : info.getProperty(name)))
        .toArray(DriverPropertyInfo[]::new);
  }
}
