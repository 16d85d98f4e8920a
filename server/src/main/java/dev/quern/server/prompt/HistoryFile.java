package dev.quern.server.prompt;

import dev.quern.server.UserState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the prompt keeps what was typed. */
public final class HistoryFile {
  private HistoryFile() {}

  /**
   * {@code history} in the user's state folder. Empty where no folder can be made: the prompt works
   * without.
   */
  public static Optional<Path> of(Map<String, String> environment) {
    return UserState.folder(environment).flatMap(HistoryFile::in);
  }

  private static Optional<Path> in(Path folder) {
    try {
      return Optional.of(Files.createDirectories(folder).resolve("history"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
