package dev.quern.server.console;

import dev.quern.server.SessionLimits;
import java.time.Duration;

/**
 * What the console may ask of the server.
 *
 * @param rows most rows of one statement's result; the statement ends there
 * @param characters most characters of the texts of one statement's result; the same
 * @param statementsPerSession most statements that run at once in a session
 * @param seconds longest time that a statement runs
 * @param sessions most sessions that are open; the one idle longest makes room
 * @param idle how long a session without a statement stays open
 * @param patience how long a statement waits for the one before it to end
 */
public record ConsoleLimits(
    long rows,
    long characters,
    int statementsPerSession,
    long seconds,
    int sessions,
    Duration idle,
    Duration patience) {
  /**
   * A session's counts are those of the statement that it runs, so it runs one. 10,000 rows or 32
   * Mi characters are what a page can hold and stay quick.
   */
  public static final ConsoleLimits DEFAULT =
      new ConsoleLimits(
          10_000,
          32 << 20,
          1,
          SessionLimits.DEFAULT.seconds(),
          64,
          Duration.ofMinutes(15),
          Duration.ofSeconds(2));

  /** The default, and no more than other SQL clients have. */
  public static ConsoleLimits within(SessionLimits sql) {
    return new ConsoleLimits(
        Math.min(DEFAULT.rows, sql.rows()),
        DEFAULT.characters,
        DEFAULT.statementsPerSession,
        sql.seconds(),
        Math.min(DEFAULT.sessions, sql.sessions()),
        sql.idle().compareTo(DEFAULT.idle) < 0 ? sql.idle() : DEFAULT.idle,
        DEFAULT.patience);
  }
}
