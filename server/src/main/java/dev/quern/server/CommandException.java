package dev.quern.server;

import java.io.Serial;

/** Ends a command with a sentence for the user (what, where, remedy) and an exit code. */
public final class CommandException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  public CommandException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public CommandException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** A command line that cannot be carried out as written. */
  public static CommandException badCommand(String message) {
    return new CommandException(ExitCode.BAD_COMMAND, message);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
