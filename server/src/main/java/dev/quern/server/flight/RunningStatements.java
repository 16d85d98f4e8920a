package dev.quern.server.flight;

import dev.quern.server.SessionLimits;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flight.CallStatus;

/** How many statements each key has running. */
final class RunningStatements {
  private final int most;
  private final Map<String, Integer> running = new ConcurrentHashMap<>();

  RunningStatements(SessionLimits limits) {
    this.most = limits.statements();
  }

  /** The place of one running statement; closing gives it back. */
  final class Place implements AutoCloseable {
    private final String principal;

    private Place(String principal) {
      this.principal = principal;
    }

    @Override
    public void close() {
      running.computeIfPresent(principal, (name, count) -> count == 1 ? null : count - 1);
    }
  }

  /**
   * @throws org.apache.arrow.flight.FlightRuntimeException RESOURCE_EXHAUSTED where as many as are
   *     allowed run
   */
  Place begin(String principal) {
    int now = running.merge(principal, 1, Integer::sum);
    var place = new Place(principal);
    if (now > most) {
      place.close();
      throw FlightErrors.exception(
          CallStatus.RESOURCE_EXHAUSTED,
          most
              + " statements of this key are running, the most that "
              + SessionLimits.STATEMENTS
              + " allows; wait for one, or raise it");
    }
    return place;
  }
}
