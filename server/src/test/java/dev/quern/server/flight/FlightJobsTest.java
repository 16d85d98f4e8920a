package dev.quern.server.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.connectors.FileAccess;
import dev.quern.server.SessionLimits;
import dev.quern.server.metrics.Jobs;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Statements are counted as jobs of the metrics. */
@Timeout(120)
class FlightJobsTest {
  /** All that was counted, in order. */
  private static final class Counted implements Jobs {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void started() {
      events.add("started");
    }

    @Override
    public void ended(State state) {
      events.add(state.toString());
    }

    @Override
    public void rows(RowState state, long count) {
      events.add(count + " " + state);
    }

    private List<String> take() {
      List<String> taken = List.copyOf(events);
      events.clear();
      return taken;
    }
  }

  @Test
  void queriesAndUpdatesAreJobs(@TempDir Path folder) throws Exception {
    var counted = new Counted();
    try (TestServer server =
            TestServer.start(SessionLimits.DEFAULT, List.of(), FileAccess.under(folder), counted);
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      String three = "SELECT x FROM (VALUES (1), (2), (3)) AS t (x)";
      try (var rows = statement.executeQuery(three)) {
        while (rows.next()) {
          // To the end.
        }
      }
      assertEquals(List.of("started", "3 COMPLETED", "COMPLETED"), counted.take());
      assertEquals(3, statement.executeUpdate("COPY (" + three + ") TO 'three.parquet'"));
      assertEquals(List.of("started", "3 COMPLETED", "COMPLETED"), counted.take());
      assertThrows(
          SQLException.class,
          () -> {
            try (var rows = statement.executeQuery("SELECT 1 / (x - 1) FROM (" + three + ")")) {
              rows.next();
            }
          });
      assertEquals(List.of("started", "0 COMPLETED", "FAILED"), counted.take());
    }
  }
}
