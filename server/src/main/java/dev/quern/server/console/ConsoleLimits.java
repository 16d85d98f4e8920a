package dev.quern.server.console;

import java.time.Duration;

/**
 * What the console may ask of the server.
 *
 * @param rows most rows of one statement's result; the statement ends there
 * @param characters most characters of the texts of one statement's result; the same
 * @param statementsPerSession most statements that run at once in a session
 * @param sessions most sessions that are open; the one idle longest makes room
 * @param idle how long a session without a statement stays open
 * @param patience how long a statement waits for the one before it to end
 */
public record ConsoleLimits(
    long rows,
    long characters,
    int statementsPerSession,
    int sessions,
    Duration idle,
    Duration patience) {
  /**
   * A session's counts are those of the statement that it runs, so it runs one. 10,000 rows or 32
   * Mi characters are what a page can hold and stay quick.
   */
  public static final ConsoleLimits DEFAULT =
      new ConsoleLimits(10_000, 32 << 20, 1, 64, Duration.ofMinutes(15), Duration.ofSeconds(2));
}
