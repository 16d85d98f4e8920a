package dev.quern.server;

import java.time.Duration;

/**
 * What SQL clients may take. A refusal names the limit and the option that raises it.
 *
 * @param rows most rows that a query returns
 * @param statements most statements of one key that run at a time
 * @param seconds longest time that a statement runs
 * @param sessions most sessions of all clients
 * @param models most models that sessions have open beside the served one
 * @param idle after so long without a call a session ends
 */
public record SessionLimits(
    long rows, int statements, long seconds, int sessions, int models, Duration idle) {
  public static final String ROWS = "--max-query-rows";
  public static final String STATEMENTS = "--max-key-statements";
  public static final String SECONDS = "--max-query-seconds";
  public static final String SESSIONS = "--max-sql-sessions";
  public static final String MODELS = "--max-models";
  public static final String IDLE = "--sql-session-minutes";

  public static final SessionLimits DEFAULT =
      new SessionLimits(10_000_000, 16, 86_400, 256, 2, Duration.ofMinutes(30));

  public SessionLimits {
    if (rows < 1
        || statements < 1
        || seconds < 1
        || sessions < 1
        || models < 0
        || !idle.isPositive()) {
      throw new IllegalArgumentException(
          "limits of SQL clients must be at least 1 (models: 0): rows "
              + rows
              + ", statements "
              + statements
              + ", seconds "
              + seconds
              + ", sessions "
              + sessions
              + ", models "
              + models
              + ", idle "
              + idle);
    }
  }
}
