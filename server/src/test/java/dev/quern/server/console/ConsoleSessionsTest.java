package dev.quern.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.SessionLimits;
import dev.quern.server.SqlLimitException;
import dev.quern.server.SqlPlaces;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Caller;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleSessionsTest {
  private final AtomicLong now = new AtomicLong();
  private final ConsoleSessions sessions = sessions(SessionLimits.DEFAULT, 0, 2);

  /**
   * @param keys that the server knows
   * @param most sessions of the console
   */
  private ConsoleSessions sessions(SessionLimits sql, int keys, int most) {
    return new ConsoleSessions(
        new SqlSessions(
            new QuernDriver(_ -> ScriptedEngine.answering(text -> text)), new SqlPlaces(sql, keys)),
        new ConsoleLimits(10, 1000, 1, 60, most, Duration.ofNanos(100), Duration.ZERO),
        now::get);
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  private QuernConnection use(String name) throws Exception {
    try (var lease = sessions.lease(Caller.ANYBODY, name)) {
      return lease.connection();
    }
  }

  @Test
  void aSessionIsKeptUntilItIsIdle() throws Exception {
    QuernConnection first = use("a");
    now.set(99);
    sessions.closeIdle();
    assertSame(first, use("a"));
    now.set(199);
    sessions.closeIdle();
    assertTrue(first.isClosed());
    assertNotSame(first, use("a"));
  }

  @Test
  void aSessionWithAStatementIsNotIdle() throws Exception {
    try (var lease = sessions.lease(Caller.ANYBODY, "a")) {
      now.set(1000);
      sessions.closeIdle();
      assertFalse(lease.connection().isClosed());
      sessions.close();
      assertFalse(lease.connection().isClosed(), "a statement runs to its end");
    }
    assertThrows(ApiException.class, () -> use("a"));
  }

  @Test
  void theOneIdleLongestMakesRoom() throws Exception {
    now.set(1);
    QuernConnection a = use("a");
    now.set(2);
    QuernConnection b = use("b");
    now.set(3);
    use("c");
    assertTrue(a.isClosed());
    assertFalse(b.isClosed());
    try (var _ = sessions.lease(Caller.ANYBODY, "b");
        var _ = sessions.lease(Caller.ANYBODY, "c")) {
      var e = assertThrows(ApiException.class, () -> use("d"));
      assertEquals(429, e.status());
      assertThrows(ApiException.class, () -> use("b"));
    }
    use("d");
  }

  @Test
  void aKeyRunsNoMoreStatementsInMoreSessions() throws Exception {
    var one = new SessionLimits(9, 1, 9, 9, 2, Duration.ofMinutes(1));
    var other = new Caller("key 2", "owner 2");
    try (ConsoleSessions few = sessions(one, 2, 8);
        var _ = few.lease(Caller.ANYBODY, "a")) {
      var e = assertThrows(ApiException.class, () -> few.lease(Caller.ANYBODY, "b"));
      assertEquals(429, e.status());
      assertTrue(e.getMessage().contains("--max-key-statements"), e.getMessage());
      few.lease(other, "a").close();
    }
  }

  @Test
  void aKeyMakesRoomFromItsOwnSessions() throws Exception {
    var other = new Caller("key 2", "owner 2");
    try (ConsoleSessions shared = sessions(SessionLimits.DEFAULT, 2, 4)) {
      now.set(1);
      QuernConnection foreign;
      try (var lease = shared.lease(other, "a")) {
        foreign = lease.connection();
      }
      for (String name : List.of("a", "b", "c", "d", "e")) {
        now.incrementAndGet();
        shared.lease(Caller.ANYBODY, name).close();
      }
      assertFalse(foreign.isClosed(), "it was idle longest, but belongs to another key");
      try (var _ = shared.lease(Caller.ANYBODY, "d");
          var _ = shared.lease(Caller.ANYBODY, "e")) {
        var e = assertThrows(ApiException.class, () -> shared.lease(Caller.ANYBODY, "f"));
        assertTrue(e.getMessage().contains("all 2 sessions of this key"), e.getMessage());
        shared.lease(other, "b").close();
      }
    }
  }

  @Test
  @SuppressWarnings("try") // closed early: that gives the places back
  void sessionsOfOtherPortsCount() throws Exception {
    var two = new SessionLimits(9, 9, 9, 2, 2, Duration.ofMinutes(1));
    var places = new SqlPlaces(two, 0);
    try (var few =
            new ConsoleSessions(
                new SqlSessions(
                    new QuernDriver(_ -> ScriptedEngine.answering(text -> text)), places),
                ConsoleLimits.DEFAULT,
                now::get);
        var _ = places.session("anybody")) {
      QuernConnection first;
      try (var lease = few.lease(Caller.ANYBODY, "a")) {
        first = lease.connection();
        assertThrows(ApiException.class, () -> few.lease(Caller.ANYBODY, "b"));
      }
      few.lease(Caller.ANYBODY, "b").close();
      assertTrue(first.isClosed(), "it made room");
    }
    try (var _ = places.session("anybody");
        var _ = places.session("anybody")) {
      assertThrows(SqlLimitException.class, () -> places.session("anybody"));
    }
  }
}
