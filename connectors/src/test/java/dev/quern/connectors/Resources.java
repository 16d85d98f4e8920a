package dev.quern.connectors;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Files of the tests' class path. */
final class Resources {
  private Resources() {}

  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Resources.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(name, e);
    }
  }
}
