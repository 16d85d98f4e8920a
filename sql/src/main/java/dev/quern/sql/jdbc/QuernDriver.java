package dev.quern.sql.jdbc;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.sql.EngineFactory;
import dev.quern.sql.Engines;
import dev.quern.sql.LocalEngines;
import dev.quern.sql.Session;
import dev.quern.sql.SessionOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final FileAccess files;
  private final Optional<EngineOptions> served;

  /** The driver with engines that run models in this process. */
  public QuernDriver() {
    this(new LocalEngines(_ -> {}));
  }

  /** The driver of a program's own sessions: any file, any engine. */
  public QuernDriver(EngineFactory factory) {
    this(factory, FileAccess.all(), Optional.empty());
  }

  /** {@link #QuernDriver(EngineFactory, EngineOptions, FileAccess)}, engine options by default. */
  public QuernDriver(EngineFactory factory, FileAccess files) {
    this(factory, EngineOptions.DEFAULT, files);
  }

  /**
   * The driver of a server's sessions, whose users are others than the owner of the process:
   * connection properties set no option of the engine.
   *
   * @param served what the factory is asked for where a call names no model; CREATE MODEL asks it
   *     for others
   * @param files those that the sessions may touch
   */
  public QuernDriver(EngineFactory factory, EngineOptions served, FileAccess files) {
    this(factory, files, Optional.of(served));
  }

  private QuernDriver(EngineFactory factory, FileAccess files, Optional<EngineOptions> served) {
    this.engines = new Engines(factory);
    this.files = files;
    this.served = served;
  }

  /**
   * A session on the engines of the driver.
   *
   * @param properties of the connection, without user and password
   * @throws IllegalArgumentException for a property that cannot be set
   */
  Session session(Map<String, String> properties) {
    SessionOptions options =
        served
            .map(engine -> SessionOptions.served(engine, properties))
            .orElseGet(() -> SessionOptions.parse(properties));
    return new Session(engines, options, files);
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
    List<String> names = served.isPresent() ? SessionOptions.servedNames() : SessionOptions.names();
    return names.stream()
        .map(name -> new DriverPropertyInfo(name, info == null ? null : info.getProperty(name)))
        .toArray(DriverPropertyInfo[]::new);
  }
}
