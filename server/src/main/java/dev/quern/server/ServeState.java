package dev.quern.server;

import dev.quern.server.batches.StateFolder;
import dev.quern.server.query.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a server keeps files and batches.
 *
 * @param given by the operator
 * @param port that was asked for. A server on any free port is none that the next one could follow:
 *     its state does not last.
 */
record ServeState(Optional<Path> given, int port) {

  /**
   * @throws CommandException (exit code 2) when there is no such place
   */
  StateFolder open(Consumer<String> notices) {
    Optional<Path> folder = given.or(this::usual);
    try {
      if (folder.isPresent()) {
        return StateFolder.open(folder.get());
      }
      notices.accept("files and batches end with this server; --state-dir DIR keeps them");
      return StateFolder.temporary();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "cannot keep files and batches in "
              + folder.map(Path::toString).orElse("a temporary folder")
              + ": "
              + OutputFile.reason(e)
              + "; name another --state-dir",
          e);
    }
  }

  private Optional<Path> usual() {
    return port == 0
        ? Optional.empty()
        : UserState.folder(System.getenv()).map(state -> state.resolve("serve-" + port));
  }
}
