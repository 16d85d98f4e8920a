package dev.quern.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Caller;
import dev.quern.sql.jdbc.QuernConnection;
import dev.quern.sql.jdbc.QuernDriver;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleSessionsTest {
  private final AtomicLong now = new AtomicLong();
  private final ConsoleSessions sessions =
      new ConsoleSessions(
          new SqlSessions(new QuernDriver(_ -> ScriptedEngine.answering(text -> text))),
          new ConsoleLimits(10, 1000, 1, 60, 2, Duration.ofNanos(100), Duration.ZERO),
          now::get);

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
}
