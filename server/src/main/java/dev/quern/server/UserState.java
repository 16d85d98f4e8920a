package dev.quern.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where programs of this user keep what should last. */
public final class UserState {
  private UserState() {}

  /**
   * After the XDG base directory specification: {@code $XDG_STATE_HOME/quern}, by default under
   * {@code ~/.local/state}; it need not exist. Empty where the environment names no home.
   */
  public static Optional<Path> folder(Map<String, String> environment) {
    String state = environment.get("XDG_STATE_HOME");
    String home = environment.get("HOME");
    if (state != null && !state.isEmpty()) {
      return Optional.of(Path.of(state, "quern"));
    }
    return home == null ? Optional.empty() : Optional.of(Path.of(home, ".local", "state", "quern"));
  }
}
