package dev.quern.server.prompt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the prompt keeps what was typed. */
public final class HistoryFile {
  private HistoryFile() {}

  /**
   * After the XDG base directory specification: {@code $XDG_STATE_HOME/quern/history}, by default
   * under {@code ~/.local/state}. Empty where no folder can be made: the prompt works without.
   */
  public static Optional<Path> of(Map<String, String> environment) {
    String state = environment.get("XDG_STATE_HOME");
    String home = environment.get("HOME");
    if ((state == null || state.isEmpty()) && home == null) {
      return Optional.empty();
    }
    Path folder =
        state == null || state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state);
    try {
      return Optional.of(Files.createDirectories(folder.resolve("quern")).resolve("history"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
