package dev.quern.server.query;

import java.util.Optional;

/** What a running job tells of itself. */
public interface Progress {
  /** One line, or empty while there is nothing to tell. */
  Optional<String> text();
}
