package dev.quern.server;

import java.util.HashMap;
import java.util.Map;

/**
 * What SQL clients have open and running over all ports, by key, within their limits. Safe for use
 * by many threads.
 */
public final class SqlPlaces {
  private final SessionLimits limits;
  private final int keys;
  private final Map<String, Integer> statements = new HashMap<>();
  private final Map<String, Integer> sessions = new HashMap<>();
  private int allSessions;

  /**
   * @param keys how many the server knows; 0 where all may ask
   */
  public SqlPlaces(SessionLimits limits, int keys) {
    this.limits = limits;
    this.keys = keys;
  }

  /** A place that is taken; closing gives it back, once. */
  public final class Place implements AutoCloseable {
    private final String key;
    private final boolean isSession;
    private boolean closed;

    private Place(String key, boolean isSession) {
      this.key = key;
      this.isSession = isSession;
    }

    @Override
    public void close() {
      synchronized (SqlPlaces.this) {
        if (closed) {
          return;
        }
        closed = true;
        if (isSession) {
          allSessions--;
        }
        (isSession ? sessions : statements)
            .computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  /** Of so many for all, what one key may have: half, where there are others. */
  public int share(int all) {
    return keys < 2 ? all : Math.max(1, all / 2);
  }

  /**
   * The place of a statement that runs.
   *
   * @param key the caller's name
   */
  public synchronized Place statement(String key) throws SqlLimitException {
    if (statements.getOrDefault(key, 0) >= limits.statements()) {
      throw new SqlLimitException(
          true,
          limits.statements()
              + " statements of this key are running, the most that "
              + SessionLimits.STATEMENTS
              + " allows; wait for one, or raise it");
    }
    statements.merge(key, 1, Integer::sum);
    return new Place(key, false);
  }

  /**
   * The place of an open session.
   *
   * @param key the caller's name
   */
  public synchronized Place session(String key) throws SqlLimitException {
    if (allSessions >= limits.sessions()) {
      throw new SqlLimitException(
          false,
          limits.sessions()
              + " SQL sessions are open, the most that "
              + SessionLimits.SESSIONS
              + " allows; close some, or raise it");
    }
    int share = share(limits.sessions());
    if (sessions.getOrDefault(key, 0) >= share) {
      throw new SqlLimitException(
          true,
          share
              + " SQL sessions of this key are open, half of what "
              + SessionLimits.SESSIONS
              + " allows and the most for one of several keys; close some, or raise it");
    }
    sessions.merge(key, 1, Integer::sum);
    allSessions++;
    return new Place(key, true);
  }
}
