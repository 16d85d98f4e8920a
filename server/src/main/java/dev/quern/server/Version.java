package dev.quern.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, written by Maven into {@code build.properties}. */
final class Version {
  private Version() {}

  static String read() {
    var properties = new Properties();
    try (var in = Version.class.getResourceAsStream("build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties of the server jar cannot be read", e);
    }
    return properties.getProperty("version");
  }
}
