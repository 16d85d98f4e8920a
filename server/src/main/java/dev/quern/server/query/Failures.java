package dev.quern.server.query;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.engine.EngineException;
import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import java.sql.SQLException;

/** What a failed statement means for the command line. */
public final class Failures {
  private static final String BUDGET_REACHED = "53400";
  private static final String MODEL_UNUSABLE = "58004";

  private Failures() {}

  /**
   * @param interrupted whether the user asked for the end
   */
  public static CommandException of(SQLException e, boolean interrupted) {
    if (interrupted) {
      return new CommandException(ExitCode.INTERRUPTED, "interrupted", e);
    }
    String message = e.getMessage();
    return new CommandException(exitCode(e), message == null ? e.toString() : message, e);
  }

  private static ExitCode exitCode(SQLException e) {
    return switch (String.valueOf(e.getSQLState())) {
      case BUDGET_REACHED -> ExitCode.BUDGET_REACHED;
      case MODEL_UNUSABLE -> ExitCode.UNUSABLE;
      default -> isUnusable(e) ? ExitCode.UNUSABLE : ExitCode.QUERY_FAILED;
    };
  }

  private static boolean isUnusable(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EngineException || cause instanceof DeviceException) {
        return true;
      }
    }
    return false;
  }
}
